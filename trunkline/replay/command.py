"""``trunkline replay``: the decisions of recorded calls again, or under other rules."""

import json
from pathlib import Path

import click

from edge.core.manners import Manners
from edge.core.tape import Recording
from edge.tapes import pack, rules
from trunkline.errors import in_sentences
from trunkline.replay import listing, summary
from trunkline.replay.changes import changed
from trunkline.replay.library import NoTape, find, find_all, load, which
from trunkline.replay.player import accepted, replay
from trunkline.replay.whatif import CUT_IN, what_if


@click.command("replay")
@click.argument("calls", nargs=-1, metavar="[CALL]...")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder [default: .trunkline].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each call; with --diff one object.")
@click.option("--quiet", "-q", is_flag=True, help="Print verdicts only.")
@click.option("--diff", is_flag=True, help="Compare with what today's rules would have decided.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="With --diff: other manners: waits.finished=0.4."
)
@click.option(
    "--agent",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --diff: the manners of this agent's file.",
)
@click.option(
    "--cut-in",
    type=click.FloatRange(0.1, 5.0),
    default=CUT_IN,
    show_default=True,
    help="With --diff: speech so many seconds after an answer shows that the turn was not over.",
)
@click.option("--accept", is_flag=True, help="Write what today's rules do into the tapes, as what they are to do.")
def replay_command(
    calls: tuple[str, ...],
    data: Path | None,
    as_json: bool,
    quiet: bool,
    diff: bool,
    settings: tuple[str, ...],
    agent: Path | None,
    cut_in: float,
    accept: bool,
) -> None:
    """Feed the recorded inputs of calls to turn-taking again.

    CALL is a call's id, a tape's file or a folder of tapes; with --diff all calls of the data folder where none is
    given.

    Prints the timeline of inputs, states and actions, and says whether the actions are identical to the recorded ones.
    Otherwise shows the first difference, and the exit code is 1.

    With --diff, says what today's code, with the recorded manners or those of --set and --agent, would have decided
    otherwise: turns answered earlier or later, cut-ins gained or lost, the floor taken or kept. Each decision is
    compared in the situation that was recorded; after one that would have changed the call, all is left out until the
    caller next speaks into silence.
    """
    if not diff and (settings or agent):
        raise click.UsageError("--set and --agent are for --diff.")
    if diff and accept:
        raise click.UsageError("--accept writes what a replay without --diff shows; leave one of the two out.")
    if not calls and not diff:
        raise click.UsageError(which(data))
    paths = [path for call in calls for path in find(call, data)] if calls else find_all(data)
    if diff:
        fine = _diff(paths, settings, agent, cut_in, as_json=as_json, quiet=quiet)
    else:
        same = [_replay(path, as_json=as_json, quiet=quiet or len(paths) > 1, accept=accept) for path in paths]
        fine = all(same)
    if not fine:
        raise click.exceptions.Exit(1)


def _load(path: Path) -> Recording | None:
    """One tape; where it cannot be read, that is said, and the others are looked at all the same."""
    try:
        return load(path)
    except NoTape as error:
        click.echo(f"Error: {error}", err=True)
        return None


def _replay(path: Path, *, as_json: bool, quiet: bool, accept: bool) -> bool:
    """Whether its actions are the recorded ones, or were accepted."""
    recording, today = _load(path), rules()
    if recording is None:
        return False
    played = list(replay(recording))
    odd = next((each for each in played if not each.same), None)
    if as_json:
        click.echo(json.dumps(listing.as_json(recording, played, odd), ensure_ascii=False))
    elif quiet:
        text = "\n".join(listing.verdict(recording, played, odd))
        click.echo(f"{path.name}: {text}")
    else:
        for line in (*listing.head(recording, today), *listing.timeline(recording, played)):
            click.echo(line)
        click.echo("\n".join(listing.verdict(recording, played, odd)))
    if accept and odd is not None:
        _accept(path, recording, today)
        return True
    return odd is None


def _accept(path: Path, recording: Recording, today: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(pack(accepted(recording, today)))
        part.replace(path)
    except OSError as error:
        raise NoTape(f"{path} cannot be written ({error.strerror}); see that its folder may be.") from error
    click.echo(f"{path.name} now holds what today's rules do.", err=True)


def _diff(
    paths: list[Path], settings: tuple[str, ...], agent: Path | None, cut_in: float, *, as_json: bool, quiet: bool
) -> bool:
    """Whether all tapes could be read."""
    outcomes = []
    base = _manners(agent)
    for path in paths:
        recording = _load(path)
        if recording is None:
            continue
        outcomes.append(what_if(recording, changed(base or recording.manners, settings), cut_in))
        if not (as_json or quiet):
            click.echo("\n".join(summary.of_call(outcomes[-1])) + "\n")
    if as_json:
        click.echo(json.dumps(summary.as_json(outcomes), ensure_ascii=False))
    elif outcomes:
        click.echo("\n".join(summary.in_words(summary.summarise(outcomes), cut_in)))
    return len(outcomes) == len(paths)


def _manners(agent: Path | None) -> Manners | None:
    if agent is None:
        return None
    from edge.agent import load as load_agent  # Here, as they bring the whole edge with them.
    from edge.app import manners

    with in_sentences():
        return manners(load_agent(agent))
