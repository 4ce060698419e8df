"""The Debian package as far as it can be judged without building it; the rest is `make package-test`."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from harness import BINARY, ROOT

SCRIPTS = ("config", "postinst", "postrm")


def text(name):
    return (ROOT / name).read_text()


def commands(command, path=()):
    path = (*path, command["commandName"])
    yield "-".join(path)
    for one in command.get("subcommands", []):
        if one["commandName"] != "help" and one.get("shouldDisplay", True):
            yield from commands(one, path)


class ManualTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        subprocess.run([ROOT / "docs/man/generate.py", BINARY, ROOT / "docs/configuration.md", cls.folder], check=True)
        dump = json.loads(subprocess.check_output([BINARY, "--experimental-dump-help"]))
        cls.commands = set(commands(dump["command"]))

    def test_each_command_has_its_page_and_no_page_is_left_over(self):
        pages = {path.stem for path in self.folder.glob("*.1")}
        self.assertEqual(pages, self.commands)
        self.assertIn("tollgate-purchases-list", pages)

    def test_a_page_says_what_its_command_says(self):
        page = (self.folder / "tollgate-purchases-list.1").read_text()
        for part in (".SH NAME", ".SH EXAMPLES", r"\fB\-\-status\fR \fISTATUS\fR", "Default: 100.", r"\fBtollgate\-purchases\fR(1)"):
            self.assertIn(part, page)

    def test_every_key_of_the_configuration_is_in_its_page(self):
        page = (self.folder / "tollgate.json.5").read_text()
        keys = re.findall(r"^\| `([^`]+)`", text("docs/configuration.md"), re.M)
        self.assertGreater(len(keys), 15)
        for key in keys:
            self.assertIn(f".TP\n\\fB{key}\\fR".replace("-", "\\-"), page)

    def test_no_line_of_text_is_taken_for_a_request(self):
        known = re.compile(r"\.(TH|SH|TP|PP|IP|nf|fi|RS|RE|sp)\b")
        for path in self.folder.iterdir():
            for line in path.read_text().splitlines():
                if line.startswith((".", "'")):
                    self.assertRegex(line, known, path.name)


class PackageTests(unittest.TestCase):
    def test_the_package_has_the_programs_version(self):
        version = re.match(r"tollgate \(([^)]+)\)", text("debian/changelog")).group(1)
        self.assertEqual(subprocess.check_output([BINARY, "--version"], text=True).strip(), version)

    def test_the_scripts_can_be_read_by_a_shell(self):
        for name in SCRIPTS:
            result = subprocess.run(["sh", "-n", ROOT / f"debian/tollgate.{name}"], capture_output=True, text=True)
            self.assertEqual((result.returncode, result.stderr), (0, ""), name)

    def test_the_sample_put_in_place_is_the_one_that_is_refused(self):
        samples = {re.search(r"^sample=(\S+)$", text(f"debian/tollgate.{name}"), re.M).group(1)
                   for name in ("postinst", "postrm")}
        self.assertEqual(len(samples), 1)
        self.assertIn(f'"{samples.pop()}"', text("Sources/tollgate/Configuration/SecretFiles.swift"))

    def test_samples_are_put_in_place_for_what_the_shipped_configuration_names(self):
        named = re.findall(r'"file": "secrets/([^"]+)"', text("systemd/tollgate.json"))
        made = re.search(r"for name in ([\w -]+);", text("debian/tollgate.postinst")).group(1).split()
        self.assertEqual(sorted(made), sorted(named))

    def test_every_file_of_nginx_and_systemd_is_installed(self):
        install = re.search(r"^install: .*?\n\n", text("Makefile"), re.M | re.S).group(0)
        for path in [*(ROOT / "nginx").iterdir(), *(ROOT / "systemd").iterdir()]:
            self.assertIn(path.name, install)

    def test_libfcgi_has_the_security_fix(self):
        self.assertIn("libfcgi0ldbl (>= 2.4.2-2+deb12u1)", text("debian/control"))

    def test_an_upgrade_never_restarts_the_sockets(self):
        calls = re.findall(r"^\tdh_installsystemd (.*)$", text("debian/rules"), re.M)
        self.assertEqual(len(calls), 2)
        for call in calls:
            self.assertIn("--no-stop-on-upgrade --no-restart-after-upgrade", call)

    def test_the_quickstarts_shop_is_one_shop(self):
        quickstart = text("docs/quickstart.md")
        sample = re.search(r"s/(0{8}-[^/]+)/([^/]+)/", quickstart)
        self.assertIn(sample.group(1), text("systemd/tollgate.json"))
        self.assertIn(f"v1;{sample.group(2)};", quickstart)
