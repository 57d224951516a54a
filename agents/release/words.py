"""The words of a song as files: to read, to sing along, and to put into tags."""

from agents.release.job import PackageJob
from agents.release.names import one_line, title_line


def sung_text(job: PackageJob) -> str:
    """The words, a blank line between sections."""
    blocks = ("\n".join(one_line(line) for line in section.lines) for section in job.lyrics.sections)
    return "\n\n".join(block for block in blocks if block)


def lyrics_text(job: PackageJob) -> str:
    """The words with their section names, as a reader wants them."""
    blocks = [f"{title_line(job.title)}\n{one_line(job.persona.name)}"]
    for section in job.lyrics.sections:
        lines = "\n".join(one_line(line) for line in section.lines)
        if lines:
            blocks.append(f"[{section.section.capitalize()}]\n{lines}")
    if len(blocks) == 1:
        blocks.append("(instrumental)")
    return "\n\n".join(blocks) + "\n"


def lyrics_lrc(job: PackageJob) -> str:
    """The words timed to the hundredth of a second; an empty line ends each one that is followed by a rest.

    For a plan that has line times: guesses are no file to sing along to.
    """
    plan = job.plan
    lines = [
        f"[ti:{title_line(job.title)}]",
        f"[ar:{one_line(job.persona.name)}]",
        f"[length:{clock_time(plan.duration_s)[:-3]}]",
    ]
    bar_s = 240.0 / plan.tempo_bpm
    timed = sorted(plan.lyric_lines, key=lambda line: line.start_s)
    for line, following in zip(timed, [*timed[1:], None], strict=True):
        lines.append(f"[{clock_time(line.start_s)}]{one_line(line.text)}")
        if following is None or following.start_s - line.end_s > bar_s:
            lines.append(f"[{clock_time(line.end_s)}]")
    return "\n".join(lines) + "\n"


def clock_time(seconds: float) -> str:
    """`mm:ss.xx`."""
    hundredths = max(0, round(seconds * 100))
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
