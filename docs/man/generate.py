#!/usr/bin/python3
"""Makes the manual pages: generate.py TOLLGATE CONFIGURATION.md FOLDER

tollgate(1) and one page for each subcommand come from the program itself (--experimental-dump-help), tollgate.json(5)
from docs/configuration.md. So they cannot say anything else than these do. Standard library only.
"""
import json
import pathlib
import re
import subprocess
import sys

FILES = [
    ("/etc/tollgate/tollgate.json", "The configuration, tollgate.json(5)."),
    ("/etc/tollgate/secrets/", "One file for each secret the configuration names; root's own, mode 0700."),
    ("/var/lib/tollgate/", "The state: journal and snapshots. Never edit it; back it up."),
    ("/run/tollgate/tollgate.sock", "The FastCGI socket nginx connects to."),
    ("/run/tollgate/admin.sock", "The operator's socket; root only."),
    ("/etc/nginx/snippets/tollgate.conf", "What a server block of nginx includes. Nothing includes it by itself."),
]
EXIT_STATUS = [("0", "Everything is right."), ("1", "Something is not; a sentence on standard error says what."),
               ("64", "The command line cannot be understood.")]


# -- Text to roff -------------------------------------------------------------------------------------------------------

def escaped(text):
    """Plain text as roff: a dash must stay a dash that can be pasted, and no line may begin as a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def bold(text):
    return f"\\fB{escaped(text)}\\fR"


def literal(lines):
    return ["", ".nf", ".RS 4", *(escaped(line.rstrip()) or ".sp" for line in lines), ".RE", ".fi"]


class Page:
    def __init__(self, title, section, version):
        self.lines = [f'.TH "{title.upper()}" "{section}" "" "tollgate {version}" "Tollgate"']

    def add(self, *lines):
        self.lines += lines

    def section(self, title):
        self.add(f".SH {escaped(title.upper())}")

    def item(self, tag, text):
        self.add(".TP", tag, text)

    def text(self):
        return "\n".join(self.lines) + "\n"


# -- Commands -----------------------------------------------------------------------------------------------------------

def names(argument):
    """How an option is written: `-h`, `--help`."""
    dashes = {"short": "-", "long": "--", "longWithSingleDash": "-"}
    return [dashes[name["kind"]] + name["name"] for name in argument.get("names", [])]


def shown(argument):
    return argument.get("shouldDisplay", True) and names(argument) != ["--version"]


def synopsis(argument):
    if argument["kind"] == "positional":
        text = f"\\fI{escaped(argument['valueName'].upper())}\\fR"
    else:
        text = bold(names(argument)[-1])
        if argument["kind"] == "option":
            text += f" \\fI{escaped(argument['valueName'].upper())}\\fR"
    if argument["isRepeating"]:
        text += " ..."
    return f"[{text}]" if argument["isOptional"] else text


def option(page, argument):
    value = f" \\fI{escaped(argument['valueName'].upper())}\\fR"
    if argument["kind"] == "positional":
        tag = value.strip()
    else:
        tag = ", ".join(bold(name) for name in names(argument)) + (value if argument["kind"] == "option" else "")
    text = argument.get("abstract") or ""
    if argument.get("discussion"):
        text += " " + argument["discussion"]
    if argument.get("allValues") and not all(value in text for value in argument["allValues"]):
        text += f" One of: {', '.join(argument['allValues'])}."
    if argument.get("defaultValue") is not None and "default" not in text.lower():
        text += f" Default: {argument['defaultValue']}."
    page.item(tag, escaped(" ".join(text.split())) or "\\&")


def discussion(page, text):
    """Paragraphs, and what is indented under `Example:` as it is. Returns the examples for a section of their own."""
    examples, paragraph = [], []
    in_examples = False

    def flush():
        if paragraph:
            page.add(".PP", escaped(" ".join(paragraph)))
            paragraph.clear()

    for line in text.split("\n"):
        if re.match(r"Examples?\b.*:$", line):
            flush()
            in_examples = True
            if line not in ("Example:", "Examples:"):
                examples += [line, ""]
        elif in_examples and (line.startswith("  ") or not line.strip()):
            examples.append(line[2:] if line.startswith("  ") else "")
        elif not line.strip():
            in_examples = False
            flush()
        elif line.startswith("  "):
            flush()
            page.add(*literal([line[2:]]))
        else:
            in_examples = False
            paragraph.append(line.strip())
    flush()
    while examples and not examples[-1]:
        examples.pop()
    return examples


def command_page(command, path, version, all_names):
    name = "-".join(path)
    page = Page(name, 1, version)
    page.section("Name")
    page.add(f"{escaped(name)} \\- {escaped(command.get('abstract', '').rstrip('.'))}")
    subcommands = [one for one in command.get("subcommands", []) if one.get("shouldDisplay", True)
                   and one["commandName"] != "help"]
    arguments = [one for one in command.get("arguments", []) if shown(one)]
    page.section("Synopsis")
    parts = [bold(" ".join(path))] + [synopsis(one) for one in arguments]
    page.add(" ".join(parts + (["\\fICOMMAND\\fR ..."] if subcommands else [])))
    page.section("Description")
    page.add(escaped(command.get("abstract", "")))
    examples = discussion(page, command.get("discussion", ""))
    if subcommands:
        page.section("Commands")
        for one in subcommands:
            page.item(f"{bold(' '.join([*path, one['commandName']]))}", escaped(one.get("abstract", "")))
    if arguments:
        page.section("Options")
        for argument in arguments:
            option(page, argument)
    if examples:
        page.section("Examples")
        page.add(*literal(examples))
    page.section("Exit status")
    for status, text in EXIT_STATUS:
        page.item(bold(status), escaped(text))
    if len(path) == 1:
        page.section("Files")
        for file, text in FILES:
            page.item(f"\\fI{escaped(file)}\\fR", escaped(text))
    page.section("See also")
    others = [one for one in related(path, all_names) if one != name]
    page.add(", ".join([f"{bold(one)}(1)" for one in others] + [bold("tollgate.json") + "(5)"]))
    return name, page.text()


def related(path, all_names):
    """The page above, and the pages beside or below."""
    above = path[:-1]
    return ["-".join(one) for one in all_names
            if one == above or one[:-1] == path or (len(path) > 1 and one[:-1] == above)]


def walk(command, path=()):
    path = (*path, command["commandName"])
    yield path, command
    for one in command.get("subcommands", []):
        if one.get("shouldDisplay", True) and one["commandName"] != "help":
            yield from walk(one, path)


# -- docs/configuration.md ----------------------------------------------------------------------------------------------

def inline(text):
    """Markdown within a line: code is bold, a link is its text."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"`([^`]+)`", text)
    plain = [re.sub(r"\*\*?([^*]+)\*\*?", r"\1", part) for part in parts]
    text = "".join(bold(parts[index]) if index % 2 else escaped(plain[index]) for index in range(len(parts)))
    return "\\&" + text if text[:1] in (".", "'") else text


def table(page, rows):
    """The first column is the tag; the others follow as a sentence, `Default` named."""
    head = [cell.strip() for cell in rows[0].strip("|").split("|")]
    for row in rows[2:]:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
        facts = []
        for title, cell in list(zip(head, cells))[1:-1]:
            if cell:
                is_default = title == "Default" and cell != "required"
                facts.append(f"default {inline(cell)}" if is_default else inline(cell))
        lead = f"({'; '.join(facts)}) " if facts else ""
        page.item(inline(cells[0]), lead + inline(cells[-1]))


def configuration_page(text, version):
    page = Page("tollgate.json", 5, version)
    page.section("Name")
    page.add("tollgate.json \\- configuration of Tollgate")
    lines = re.sub(r"^# .*\n", ".SH DESCRIPTION\n", text.strip()).split("\n")
    index, fresh = 0, True
    while index < len(lines):
        line = lines[index]
        if line == ".SH DESCRIPTION":
            page.section("Description")
            fresh = True
        elif line.startswith("```"):
            end = next(number for number in range(index + 1, len(lines)) if lines[number].startswith("```"))
            page.add(*literal(lines[index + 1:end]), ".PP")
            index, fresh = end, True
        elif line.startswith("#"):
            page.section(inline(line.lstrip("# ")).replace("\\fB", "").replace("\\fR", ""))
            fresh = True
        elif line.startswith("|"):
            end = index
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            table(page, lines[index:end])
            page.add(".PP")
            index, fresh = end - 1, True
        elif not line.strip():
            fresh = True
        else:
            if fresh:
                page.add(".PP")
            if line.startswith("- "):
                page.add(".IP \\(bu 2")
                line = line[2:]
            page.add(inline(line.strip()))
            fresh = False
        index += 1
    page.section("Files")
    page.item("\\fI/etc/tollgate/tollgate.json\\fR", "Where the service reads it.")
    page.section("See also")
    page.add(f"{bold('tollgate')}(1), {bold('tollgate-check')}(1)")
    return page.text()


def main():
    program, configuration, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("tollgate*.[0-9]"):
        old.unlink()
    dump = json.loads(subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    commands = list(walk(dump["command"]))
    for path, command in commands:
        name, text = command_page(command, path, version, [one for one, _ in commands])
        (folder / f"{name}.1").write_text(text)
    text = pathlib.Path(configuration).read_text()
    (folder / "tollgate.json.5").write_text(configuration_page(text, version))


main()
