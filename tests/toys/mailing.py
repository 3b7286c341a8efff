"""A mail server that does not take what it is given, as long as `trouble` says why."""

from django.core.mail.backends.locmem import EmailBackend


class Moody(EmailBackend):
    trouble = None

    def send_messages(self, messages):
        if Moody.trouble is not None:
            raise Moody.trouble
        return super().send_messages(messages)
