"""The repository's own rules, where a machine can see them."""
import re
import subprocess
import unittest

from harness import ROOT


def tracked(*patterns):
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
                             *patterns], capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


@unittest.skipUnless((ROOT / ".git").exists(), "not a git checkout")
class RepositoryTests(unittest.TestCase):
    def findings(self, patterns, files):
        return [f"{path.relative_to(ROOT)}:{number}: {line.strip()}" for path in files
                for number, line in enumerate(path.read_text().splitlines(), 1)
                for pattern in patterns if re.search(pattern, line)]

    def test_links_between_documents_lead_somewhere(self):
        broken = []
        for path in tracked("*.md"):
            text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"[a-z]+:", target) or target.startswith("#"):
                    continue
                name, _, anchor = target.partition("#")
                linked = path.parent / name
                if not linked.exists():
                    broken.append(f"{path.relative_to(ROOT)}: {target}")
                elif anchor and linked.suffix == ".md" and anchor not in anchors(linked.read_text()):
                    broken.append(f"{path.relative_to(ROOT)}: {target} (no such heading)")
        self.assertEqual(broken, [])

    def test_sources_never_import_full_foundation(self):
        self.assertEqual(self.findings([r"^\s*(\w+ )?import Foundation$"], tracked("Sources/*.swift")), [])

    def test_sources_hold_nothing_the_house_forbids(self):
        forbidden = [r"\btry!", r"\bas!", r"\bTODO\b", r"\bFIXME\b", r"\bXXX\b", r"^\s*public ", r"^\s*open class ",
                     r"-Ounchecked", r"\bTask\s*(\.detached)?\s*\{", r"^\s*(package |private )?actor ", r"\bimport Dispatch\b",
                     r"\b(class|struct|enum|protocol) \w*(Manager|Helper|Utils?)\b"]
        self.assertEqual(self.findings(forbidden, tracked("Sources/*.swift")), [])

    def test_files_keep_the_houses_size(self):
        long = {str(path.relative_to(ROOT)): count for path in tracked("Sources/*.swift")
                if (count := len(path.read_text().splitlines())) > 300}
        self.assertEqual(long, {})

    def test_nobody_else_s_contract_data_is_shipped(self):
        self.assertEqual(tracked("*swagger*", "*hmac-vectors.json", "*egress-contract.json"), [])


def anchors(text):
    """GitHub's names of a document's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ +(.+)$", text, flags=re.M)}
