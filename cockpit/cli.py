"""The commands. Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 refused, 4 no desk, 5 halted."""

from __future__ import annotations

import asyncio
import difflib
import errno
import json
import os
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, CycloptsError, MissingArgumentError, Parameter, UnusedCliTokensError

from cockpit import __version__
from cockpit import orders_cli as placing
from cockpit.cli_common import HALTED, Seed, decimal_of, drop_output, settings_of
from cockpit.core.errors import CockpitError, UsageError
from cockpit.emergency import cli as emergency
from cockpit.ledger_cli import export
from cockpit.ordering import changing, freeing
from cockpit.reporting.cli import report

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

app = App(
    name="cockpit",
    version=__version__,
    help="A terminal cockpit for trading two-outcome markets. Without a command it opens the practice market.",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

New = Annotated[bool, Parameter(help="Start a new practice account; the old one is kept beside it.", negative="")]


def _missing(error: MissingArgumentError, arguments: list[str]) -> str:
    """Return which option is not there, or has nothing behind it."""
    name = error.argument.name if error.argument is not None else "an option"
    if name in arguments:
        return f"{name} needs a value behind it; one that begins with - is written {name}=VALUE"
    return f"{name} is needed; see cockpit {arguments[0]} --help"


def main() -> None:
    """Run the command that was typed and exit with its code; what went wrong is one sentence on standard error."""
    os.umask(0o077)  # journals and logs are nobody else's business
    # Until a desk can hear them: both would end us, and who sends one means well.
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line."""
    code = 0
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
        code = int(result) if isinstance(result, int) else 0
        sys.stdout.flush()
        return code
    except UnusedCliTokensError as error:
        names = sorted(name for name in app if not name.startswith("-"))
        unused = " ".join(error.unused_tokens or ())[:40]
        if arguments[0] in names:
            return _fail(f"{arguments[0]} does not take {unused!r}; see cockpit {arguments[0]} --help", 2)
        near = difflib.get_close_matches(unused, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return _fail(f"there is no command {unused!r}{hint}; commands: {', '.join(names)}", 2)
    except MissingArgumentError as error:
        return _fail(_missing(error, arguments), 2)
    except CycloptsError as error:
        command = f"{arguments[0]} " if arguments and not arguments[0].startswith("-") else ""
        return _fail(f"{str(error).splitlines()[0].rstrip('.')}; see cockpit {command}--help", 2)
    except CockpitError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        drop_output()  # whoever read our output has gone: nothing left to say
        return code
    except KeyboardInterrupt:
        return _fail("interrupted", 1)
    except Exception as error:  # the last resort: a person gets a sentence, the details go to a file
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO) and error.filename is None:
            drop_output()
            return _fail(f"the output cannot be written: {error.strerror}", 1)
        return _fail(f"stopped by an error of its own: {type(error).__name__}: {error}{_keep(error)}", 1)


def _keep(error: Exception) -> str:
    """Write the traceback to the log file, if one is open; return where that is."""
    from cockpit.logs import log, where

    if not where():
        return ""
    log.error("stopped by an error of its own", exc_info=error)
    return f"; details in {where()}"


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"cockpit: {sentence}\n")
    return code


@app.default
def practice(
    *,
    seed: Seed = None,
    new: New = False,
    speed: Annotated[float | None, Parameter(help="How fast the practice market's time runs.")] = None,
    theme: Annotated[str | None, Parameter(help="Colours: a file name in themes/.")] = None,
    mouse: Annotated[bool | None, Parameter(help="Whether the mouse works.")] = None,
) -> int:
    """Open the cockpit on the practice market: no account, no key, no network."""
    from cockpit.compose import alerts_of, latch_of, practice_desk, start_log, with_socket, working_in
    from cockpit.place import practice_place
    from cockpit.show import show

    settings = settings_of(cockpit_seed=seed, cockpit_speed=decimal_of(speed), cockpit_theme=theme, cockpit_mouse=mouse)
    start_log(settings)
    alerts = alerts_of(settings, "practice")
    place = practice_place(settings, is_new=new)
    with working_in(place, alerts.close):
        make_desk = with_socket(lambda: practice_desk(settings, place, alerts), place)
        return show(settings, make_desk, latch_of(place))


@app.command
def serve(
    *,
    seed: Seed = None,
    new: New = False,
    for_: Annotated[float | None, Parameter(name="--for", help="Stop after this many seconds.")] = None,
    json_: Annotated[bool, Parameter(name="--json", help="One JSON object per event.", negative="")] = False,
    market_data: Annotated[bool, Parameter(help="Print books and trades too; with --json.", negative="")] = False,
    speed: Annotated[float | None, Parameter(help="How fast the practice market's time runs.")] = None,
) -> int:
    """Run the desk without a screen."""
    from cockpit import headless
    from cockpit.compose import alerts_of, all_of, latch_of, practice_desk, start_log, with_socket, working_in
    from cockpit.place import practice_place

    if for_ is not None and not 0 < for_ <= 31_536_000:
        raise UsageError(f"--for {for_}: give seconds above 0 and at most a year")
    if market_data and not json_:
        raise UsageError("--market-data goes with --json")
    settings = settings_of(cockpit_seed=seed, cockpit_speed=decimal_of(speed))
    start_log(settings)
    alerts = alerts_of(settings, "practice")
    place = practice_place(settings, is_new=new)
    printer = headless.Printer(is_json=json_, with_market_data=market_data)
    listener = all_of(printer, alerts)
    with working_in(place, printer.close, alerts.close):
        make_desk = with_socket(lambda: practice_desk(settings, place, listener), place)
        desk = asyncio.run(headless.serve(headless.with_telemetry(make_desk, printer), for_, latch_of(place)))
    if printer.failure:
        return _fail(f"the output cannot be written: {printer.failure}", 1)
    return _summarise(desk, printer.dropped, is_json=json_)


@app.command
def replay(
    file: Annotated[Path | None, Parameter(help="Recorded frames; without one the packaged sample plays.")] = None,
    *,
    speed: Annotated[float, Parameter(help="How fast the recording's time runs.")] = 1.0,
    screen: Annotated[bool, Parameter(help="Show it, or run as fast as possible.")] = True,
    json_: Annotated[bool, Parameter(name="--json", help="The summary as one JSON line.", negative="")] = False,
    hold: Annotated[str, Parameter(help="Shares held on paper of the first market's legs.")] = "60/20",
    theme: Annotated[str | None, Parameter(help="Colours: a file name in themes/.")] = None,
) -> int:
    """Play a recorded market: books and screen follow it, own orders fill by what was really traded."""
    from cockpit.venues.recording import check
    from cockpit.venues.samples import sample_path

    path = file or sample_path()
    if not path.is_file():
        problem = "is not a file" if path.exists() else "no such file"
        raise UsageError(f"{path}: {problem}; give a recording (.jsonl or .jsonl.gz)")
    shares = _hold(hold)
    if not 0 < speed <= 1000:
        raise UsageError(f"--speed {speed:g}: give a number above 0 and at most 1000")
    if not screen:
        found = check(path)
        if json_:
            sys.stdout.write(json.dumps(found.as_json()) + "\n")
        else:
            sys.stdout.write("\n".join(f"{key:<14} {value}" for key, value in found.as_json().items()) + "\n")
        return 0
    from cockpit.compose import replay_desk, start_log
    from cockpit.show import show

    if json_:
        raise UsageError("--json goes with --no-screen")
    settings = settings_of(cockpit_theme=theme)
    start_log(settings)
    return show(settings, lambda: replay_desk(settings, path, speed, shares))


@app.command
def options(
    *,
    yes: Annotated[str, Parameter(help="Shares@price held of YES, like 10@0.48.")],
    no: Annotated[str, Parameter(help="Shares@price held of NO.")],
    yes_bid: str | None = None,
    yes_ask: str | None = None,
    no_bid: str | None = None,
    no_ask: str | None = None,
    fee_rate: Annotated[str, Parameter(help="The market's taker fee rate, like 0.07.")] = "0",
    prefer_sell: Annotated[bool | None, Parameter(help="Sell the excess when a sale qualifies.")] = None,
    min_size: Annotated[str | None, Parameter(help="The venue's minimum size in shares; 1 USD with it.")] = None,
    json_: Annotated[bool, Parameter(name="--json", help="One JSON object.", negative="")] = False,
) -> int:
    """Weigh the ways to close an imbalance, without a market."""
    from cockpit import calculator

    settings = settings_of(prefer_sell_over_buy=prefer_sell, max_position_cost=Decimal(10_000_000))
    question = calculator.Question(yes, no, yes_bid, yes_ask, no_bid, no_ask, fee_rate, min_size)
    answer = calculator.ask(question, settings.desk_rules().rebalance)
    sys.stdout.write((calculator.to_json(answer) if json_ else calculator.to_text(answer)) + "\n")
    return 0


def _hold(text: str) -> tuple[int, int]:
    from cockpit.core.units import LOT, UnitError, parse_shares

    first, separator, second = text.partition("/")
    try:
        shares = parse_shares(first), parse_shares(second)
    except UnitError:
        separator = ""
    if not separator or any(size % LOT or size > 1000 * 10**6 for size in shares):
        raise UsageError(f"--hold {text[:40]!r}: give shares of both legs, like 60/20 (0/0 for none, at most 1000)")
    return shares


def _summarise(desk: Desk, dropped: int, *, is_json: bool) -> int:
    from cockpit import headless

    found = headless.summary(desk) | {"lines_dropped": dropped}
    if is_json:
        sys.stdout.write(json.dumps({"summary": found}) + "\n")
    else:
        money = f"equity {found['equity']} USD, today {found['day_pnl']}"
        sys.stdout.write(f"{len(found['orders'])} orders, {found['fills']} fills, {money}\n")
        if found["not_proven_dead"]:
            sys.stdout.write(f"ORDERS NOT PROVEN ZERO: {found['not_proven_dead']}\n")
    return HALTED if desk.state.halted or found["not_proven_dead"] else 0


for command in (
    emergency.halt,
    emergency.cancel_all,
    emergency.release,
    placing.place,
    placing.split,
    placing.bid,
    placing.enter,
    changing.pause,
    changing.resume,
    changing.cancel,
    changing.amend,
    changing.orders,
    freeing.merge,
    freeing.redeem,
    freeing.mode,
    export,
    changing.why,
    report,
):
    app.command(command)
