"""A Redis cache that may be down: then everything is simply not in it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError


def lossy(name: str, absent: Any) -> Callable[..., Any]:
    """The client's method of that name; `absent` (or a given default) while Redis is away."""
    method = getattr(RedisCacheClient, name)

    @wraps(method)
    def call(self: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except RedisError:
            return absent

    return call


class LossyClient(RedisCacheClient):
    add = lossy("add", absent=False)
    set = lossy("set", absent=None)
    touch = lossy("touch", absent=False)
    delete = lossy("delete", absent=False)
    get_many = lossy("get_many", absent={})
    has_key = lossy("has_key", absent=False)
    set_many = lossy("set_many", absent=None)
    delete_many = lossy("delete_many", absent=None)
    clear = lossy("clear", absent=False)

    def get(self, key: Any, default: Any) -> Any:
        try:
            return super().get(key, default)
        except RedisError:
            return default

    def incr(self, key: Any, delta: int) -> Any:
        try:
            return super().incr(key, delta)
        except RedisError as error:
            raise ValueError(f"Key {key!r} not found.") from error  # what an absent key raises


class LossyRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LossyClient
