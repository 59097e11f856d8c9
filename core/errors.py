class Refused(Exception):
    """A move the product will not make: a stable code for machines, a sentence for people.

    Pages show the sentence, the API answers 409 `{code, message}`; nothing was changed.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
