"""Judges a JSON report of testssl.sh: prints the grade and every finding of weight, exits with 1 when there is one."""
import json
import sys

# Of our test's certificate, not of the configuration: a private authority has no revocation, transparency log or DNS.
ABOUT_THE_CERTIFICATE = ("cert_", "DNS_CAArecord", "OCSP_", "certificate_transparency", "intermediate_cert")
# Mozilla's profile leaves the choice among equally strong ciphers to the caller; versions before 3.2 call that HIGH.
ON_PURPOSE = ("cipher_order",)


def main():
    with open(sys.argv[1], encoding="utf-8") as report:
        findings = json.load(report)
    weighty = [finding for finding in findings if finding["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
               and not finding["id"].startswith(ABOUT_THE_CERTIFICATE + ON_PURPOSE)]
    grades = [finding["finding"] for finding in findings if finding["id"] == "overall_grade"]
    for finding in weighty:
        print(f"{'testssl.sh':12} {finding['severity']} {finding['id']}: {finding['finding']}")
    poor = [grade for grade in grades if grade not in ("A", "A+")]
    # A scan that never reached the server has few lines; it has proved nothing.
    if len(findings) < 50:
        sys.exit(f"{'testssl.sh':12} said too little to judge: {len(findings)} lines")
    print(f"{'testssl.sh':12} {'grade ' + grades[0] if grades else 'no grade in this version'}, "
          f"{len(findings)} checks, {len(weighty)} of weight")
    sys.exit(1 if weighty or poor else 0)


main()
