"""The merchants' error bodies, written down from the contract (authorization, section 4) and not from our sources."""

ALIAS_NOT_FOUND = ("3005", "Alias ID cannot be found.")
CONFIGURATION_MISSING = ("3023", "Required configurations for specified payment method are not complete")
FOREIGN = ("3006", "Alias does not map to correct merchant.")
IDEMPOTENCY = ("3021",
               "Keys for idempotent requests can only be used with the same parameters they were first used with.")
INCOMPLETE = ("3007", "Given alias is incomplete, please define a payment configuration on related alias.")
MODE = ("3014", "`PSP-Test-Mode` for this transaction is different than the mode for previous transaction.")
NOT_ALLOWED = ("3016", "Transaction operation is not allowed.")
NO_CONFIGURATION = ("3002", "There are no PSP configurations defined for given merchant.")
NO_PAYMENT = ("3012", "Given transaction id cannot be found.")
PROVIDER_ALIAS_MISSING = ("3024", "PSP alias is required for this PSP")
SEPA = ("3017", "SEPA is not supported for this operation.")
TOO_MUCH = ("3018", "Total refund amount is greater than the original payment's amount.")
UNKNOWN_KEY = ("3010", "Given merchant API key id cannot be found.")
UNKNOWN_KEY_FOR_ALIAS = ("3001", "Secret Key cannot be found.")
UNKNOWN_PUBLISHABLE_KEY = ("3000", "Publishable Key cannot be found.")
UNREADABLE = ("2004", "non readable message")

# Validation errors carry the lower-case name of their number as a third member; the others carry none.
NAMES = {"2001": "constraint_validation_failed", "2002": "missing_request_header", "2003": "argument_not_valid",
         "2004": "message_not_readable", "2006": "argument_type_mismatch"}


def missing(header):
    return "2002", f"Missing request header '{header}' for method parameter of type String"


def key_length(operation):
    return "2001", f"{operation}.idempotentKey: size must be between 10 and 40"


def null(*fields):
    return "2003", ", ".join(f"{field}: must not be null" for field in fields)


def size(field, low, high):
    return "2003", f"{field}: size must be between {low} and {high}"


def positive(field):
    return "2003", f"{field}: must be greater than 0"


def not_boolean(value):
    return "2006", f"argumentName: 'PSP-Test-Mode', requiredType: 'Boolean' value: '{value}'"


def media_type(value):
    return "2000", f"Unsupported media type: '{value}'"


def method(used, supported):
    return "2000", f"Used method: ['{used}'] Supported methods: '[{supported}]'"


def not_configured(provider):
    return "3003", f"PSP configuration for '{provider}' cannot be found from used merchant"


def not_implemented(provider):
    return "3004", f"PSP implementation '{provider}' cannot be found"


def cannot(action, verb):
    return "3016", f"{action} transaction cannot be {verb}"


def body(refusal, error=None):
    """The whole body of a refusal: exactly these members, numbers as text."""
    code, text = refusal
    whole = {"error_code": code, "error_description": text}
    if error or code in NAMES:
        whole["error"] = error or NAMES[code]
    return whole
