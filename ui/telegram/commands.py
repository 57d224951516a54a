"""Commands about songs and the label: what waits, how it stands, money, stop and go."""

from telegram import Update
from telegram.ext import ContextTypes

from storage import approval_rows, queries
from storage.errors import NotFoundError, UsageError
from storage.label import Label as LabelRow
from ui.standing import caps_in_force
from ui.telegram.answers import answer_press, reply
from ui.telegram.artists import Artists
from ui.telegram.buttons import button, label_button
from ui.telegram.hours import clock_face
from ui.telegram.markup import bold, clip, code, paragraphs, plain
from ui.telegram.office import Office
from ui.wording import age

LISTED = 10
HELP = (
    ("/pending", "songs that wait for a decision"),
    ("/artist NAME", "one artist, with buttons; without a name, the roster"),
    ("/run NAME [THEME]", "ask for a song"),
    ("/pause NAME", "the artist makes nothing until resumed"),
    ("/resume NAME", "let the artist work again; without a name, allow spending again"),
    ("/stop", "halt all spending at once"),
    ("/autopilot NAME on|off", "let good songs be approved without you (owner)"),
    ("/budget [day|month USD]", "what was spent and may be; with a number, change it (owner)"),
    ("/status", "how the label stands"),
    ("/link [CODE]", "enrol yourself and this chat"),
    ("/invite ALIAS", "a code for a reviewer (owner, in private)"),
)
BUDGETS = {"day": "BUDGET_DAILY_USD", "month": "BUDGET_MONTHLY_USD"}


class Commands:
    """What is typed."""

    def __init__(self, office: Office, artists: Artists) -> None:
        self._office = office
        self._store = office.store
        self._artists = artists

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Everything that can be typed."""
        lines = [f"{plain(command)}: {plain(text)}" for command, text in HELP]
        await reply(update, "\n".join(["Decide with the buttons under a song.", *lines]))

    async def pending(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """What waits, the oldest first, each with a button that shows it here."""
        asked = await self._store.read(approval_rows.pending_approvals, limit=LISTED)
        if not asked:
            await reply(update, "Nothing waits for you.")
            return
        total = await self._store.read(approval_rows.undecided)
        now = self._office.tempo.now()
        lines = [
            f"{place}. {bold(clip(each.title, 60))} by {plain(clip(each.artist_name, 40))}, "
            f"{age((now - each.asked_at).total_seconds())}{', overdue' if each.is_overdue else ''}"
            for place, each in enumerate(asked, 1)
        ]
        lines += [f"… and {total - len(asked)} more"] if total > len(asked) else []
        rows = [
            [button(f"Show {place}. {clip(each.title, 30)}", each.id, "show")]
            for place, each in enumerate(asked, 1)
        ]
        await reply(update, paragraphs(lines), rows)

    async def status(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """How the label stands, and the switch that stops it."""
        now = await self._store.read(queries.label_status, caps=await caps_in_force(self._office.label))
        running = "running" if self._office.label.running is not None else "not running"
        lines = [bold(f"The label is {running}")]
        lines += [_stopped(self._office, now.label)] if now.is_stopped else []
        lines.append(f"Artists: {_counts(now.artists) or 'none'}")
        lines.append(f"Songs: {_counts(now.cycles) or 'none in the making'}")
        overdue = f", {now.overdue} overdue" if now.overdue else ""
        lines.append(f"Waiting for you: {now.undecided}{overdue}")
        lines += [f"Faults: {now.open_error_groups} open"] if now.open_error_groups else []
        lines.append(f"Spent: {now.spent.day_usd} of {now.spent.caps.daily_usd} USD today")
        await reply(update, paragraphs(lines), [[_switch(now.label)]])

    async def budget(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What was spent and may be; the owner may turn it."""
        if context.args:
            period, usd = context.args if len(context.args) == 2 else ("day", context.args[0])
            if period not in BUDGETS:
                raise UsageError("Type /budget day USD or /budget month USD")
            desk = await self._office.desk(update)
            await desk.house.change_setting(BUDGETS[period], usd)
        caps = await caps_in_force(self._office.label)
        now = (await self._store.read(queries.label_status, caps=caps)).spent
        await reply(
            update,
            f"Today: {bold(now.day_usd)} of {now.caps.daily_usd} USD\n"
            f"This month: {bold(now.month_usd)} of {now.caps.monthly_usd} USD\n"
            f"Change it with {code('/budget day 8')} or {code('/budget month 80')}.",
        )

    async def stop(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """At once, without a question: going on is what is asked about."""
        desk = await self._office.desk(update)
        label = await desk.house.stop()
        await reply(update, _stopped(self._office, label), [[_switch(label)]])

    async def resume(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An artist works again; without a name, the label spends again, after a second press."""
        if context.args:
            await self._artists.resume(update, context)
            return
        await reply(update, "Allow spending again?", [[label_button("Yes, allow it", "go", "yes")]])

    async def press(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The label's own buttons."""
        query = update.callback_query
        if query is None:
            return
        match (query.data or "").split(":")[1:]:
            case ["stop"]:
                await self.stop(update, _context)
                await answer_press(query, "Stopped")
            case ["go"]:
                await answer_press(query)
                await reply(
                    update,
                    "Allow spending again?",
                    [[label_button("Yes, allow it", "go", "yes")]],
                )
            case ["go", "yes"]:
                desk = await self._office.desk(update)
                await desk.house.go_on()
                await answer_press(query, "Spending is allowed")
                await query.edit_message_text(
                    f"Spending is allowed again, by {plain(desk.actor.alias)}.",
                    parse_mode="HTML",
                )
            case _:
                raise NotFoundError("This button is none of mine; /help shows what there is")


def _switch(label: LabelRow):  # noqa: ANN202 - one button
    return (
        label_button("⏹ Stop spending", "stop")
        if label.stopped_at is None
        else label_button("▶️ Go on…", "go")
    )


def _stopped(office: Office, label: LabelRow) -> str:
    since = "" if label.stopped_at is None else clock_face(label.stopped_at, office.settings)
    return f"⏹ Stopped since {since} by {plain(label.stopped_by)}: nothing is bought or published. The rest goes on."


def _counts(counts) -> str:  # noqa: ANN001 - by state of artists or of cycles
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
