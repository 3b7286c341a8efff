"""Whether an RFC 3161 time stamp is genuine (needs rfc3161-client): status, imprint, nonce, and the
signature's chain to the certificates that the reader trusts, valid at the time it names."""

from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)


class WrongStamp(ValueError):
    """The stamp proves nothing; the text says why."""


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Whose stamps count: roots, and certificates between them and the authority's."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise WrongStamp(f"no certificates: {error}") from error


def request(data: bytes) -> TimeStampRequest:
    """A question for these bytes, with a nonce; the answer shall bring its certificate."""
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).nonce(nonce=True).build()


def time_of(token: bytes) -> datetime:
    """The time that the stamp names, unverified."""
    try:
        return decode_timestamp_response(token).tst_info.gen_time.astimezone(UTC)
    except ValueError as error:
        raise WrongStamp(f"is no time stamp: {error}") from error


def verify(
    token: bytes,
    data: bytes,
    trusted: list[x509.Certificate],
    asked: TimeStampRequest | None = None,
) -> datetime:
    """The time at which the data were there; WrongStamp. `asked`: the nonce must be its."""
    builder = VerifierBuilder.from_request(asked) if asked else VerifierBuilder()
    for certificate in trusted:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    try:
        answer = decode_timestamp_response(token)
        builder.build().verify_message(answer, data)
    except (ValueError, VerificationError) as error:
        raise WrongStamp(str(error) or type(error).__name__) from error
    return time_of(token)
