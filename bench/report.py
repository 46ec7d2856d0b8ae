"""Tables in Markdown and plots in SVG."""

from html import escape

WIDTH = 760
BAR = 22
LABEL = 230
OURS = "ferry"


def table(results, baseline):
    """The medians, fastest first, and the ratio to one of the programs."""
    names = sorted(results.names(), key=results.seconds)
    against = results.seconds(baseline)
    lines = [
        f"| {results.total / 1e6:.1f} MB | seconds | MB/s | times {baseline} | processor seconds | MiB resident |",
        "|---|---|---|---|---|---|",
    ]
    for name in names:
        shown = f"**{name}**" if name.startswith(OURS) else name
        lines.append(
            f"| {shown} | {results.seconds(name):.2f} | {results.rate(name) / 1e6:.0f} | {against / results.seconds(name):.2f} "
            f"| {results.processor(name):.2f} | {results.resident(name) / (1 << 20):.0f} |"
        )
    return "\n".join(lines)


def bars(results, title):
    """A bar for each program's rate."""
    names = sorted(results.names(), key=results.seconds)
    most = max(results.rate(name) for name in names)
    height = BAR * len(names) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="8" y="20" font-weight="bold">{escape(title)}, MB/s (median)</text>',
    ]
    for place, name in enumerate(names):
        top = 34 + place * BAR
        width = (WIDTH - LABEL - 70) * results.rate(name) / most
        colour = "#0b6" if name.startswith(OURS) else "#89a"
        parts += [
            f'<text x="{LABEL - 8}" y="{top + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR - 6}" fill="{colour}"/>',
            f'<text x="{LABEL + width + 6:.1f}" y="{top + 13}">{results.rate(name) / 1e6:.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
