"""`cshub init`: a commented configuration to begin with."""

from __future__ import annotations

import re
import sys
from importlib import resources
from pathlib import Path
from string import Template

import click

from ..errors import ConfigError
from .invocation import Command
from .output import say, show

#: What is asked, with the answer `--no-input` takes and the answers that are allowed.
QUESTIONS = {
    "external_id": (
        "HubSpot property with your product's id of a company (internal name)",
        "customer_id",
        r"[a-z][a-z0-9_]*",
    ),
    "mrr": ("HubSpot property with the monthly revenue", "mrr", r"[a-z][a-z0-9_]*"),
    "renewal_date": ("HubSpot property with the renewal date", "renewal_date", r"[a-z][a-z0-9_]*"),
    "stage": ("lifecycle stage of a customer", "customer", r"[a-z0-9_]+"),
}
#: File → template in the folder `templates`.
FILES = {"cshub.yaml": "init.yaml", ".env.example": "env.example", ".gitignore": "gitignore"}


@click.command(cls=Command, short_help="Write a commented cshub.yaml to begin with.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="where  [here]")
@click.option("--no-input", is_flag=True, help="ask nothing; change the file afterwards")
def command(*, folder: Path, no_input: bool) -> None:
    r"""Write cshub.yaml, .env.example and .gitignore with comments that explain each line. Never overwrites a file.

    \b
    cshub init
    cshub init --folder health --no-input
    """
    if (folder / "cshub.yaml").exists():
        hint = "delete it, or choose another folder with --folder"
        raise ConfigError("there is a cshub.yaml already, and it stays as it is", where=str(folder), hint=hint)
    asks = not no_input and sys.stdin.isatty()
    answers = {name: _ask(*question) if asks else question[1] for name, question in QUESTIONS.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in FILES.items():
        _write(folder / name, Template(_text(template)).substitute(answers))
    show("  → put your HubSpot token into .env (cp .env.example .env), then `cshub validate` and `cshub doctor`")


def _ask(question: str, default: str, allowed: str) -> str:
    while True:
        answer = str(click.prompt(question, default=default, err=True)).strip()
        if re.fullmatch(allowed, answer):
            return answer
        say("that is no internal name: small letters, digits and underscores, as in HubSpot's settings of the property")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        say(f"{path} is there already and stays as it is")
    else:
        show(f"wrote {path}")


def _text(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")
