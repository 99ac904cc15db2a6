"""People who change records while they are read, readings that are cut off, searches that lag: in the end nothing is missing."""

from __future__ import annotations

import random

import pytest

from cshub_intercom.values import moment

from .conftest import Account, Reader

STREAMS = ("contacts", "conversations", "tickets")
#: Histories in which a search read oldest first loses records.
SEEDS = (14, 24, 25, 50, 58)


class History:
    """A seeded history of one stream: every step is an edit, a pull, a pull that is cut off, or time."""

    def __init__(self, account: Account, stream: str, seed: int) -> None:
        self.account = account
        self.dice = random.Random(seed)
        self.reader = Reader(account, stream)
        self.make = {"contacts": account.contact, "conversations": account.conversation}.get(stream, account.ticket)
        self.there = getattr(account.there, stream)
        account.there.most = 3
        account.there.hours_ahead = self.dice.choice((-8, 0, 5))

    def edit(self) -> None:
        """A record is made or changed, and a moment passes."""
        self.make(str(self.dice.randrange(40)))
        self.account.tick(seconds=self.dice.choice((0, 1, 30)))

    def pull(self, pages: int | None = None) -> None:
        """Read, while people go on; stop after so many pages."""
        asked = len(self.account.there.asked)
        for step in self.dice.sample(range(1, 12), 4):
            self.account.there.before[asked + step] = self.edit
        source = self.account.connect()
        for number, page in enumerate(
            source.pull(self.reader.declared(), self.reader.cursor, self.account.clock.now())
        ):
            self.reader.land(page)
            if number + 1 == pages:
                break
        source.close()
        self.account.there.before.clear()

    def step(self) -> None:
        """Something happens."""
        what = self.dice.random()
        if what < 0.5:
            self.edit()
        elif what < 0.7:
            self.pull()
        elif what < 0.8:
            self.pull(self.dice.randint(1, 4))
        else:
            self.account.tick(minutes=self.dice.choice((1, 7, 45, 600, 1500)))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_every_record_arrives_in_its_newest_version(account: Account, stream: str, seed: int) -> None:
    history = History(account, stream, seed)
    for _ in range(60):
        history.step()
    account.tick(minutes=1)
    history.reader.pull()
    history.reader.pull()
    newest = {id.removeprefix("ticket:"): row[1] for id, row in history.reader.rows.items()}
    assert newest == {id: moment(item["updated_at"]) for id, item in history.there.items()}
    assert history.reader.sweep() == set(history.reader.rows)
