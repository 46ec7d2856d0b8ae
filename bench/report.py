"""Tables in Markdown and plots in SVG."""

import math
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


def growth(axis, measured):
    """What each point costs."""
    lines = [
        f"| {axis.unit} | MB | seconds | MB/s | processor seconds | MiB resident |",
        "|---|---|---|---|---|---|",
    ]
    for one in measured:
        lines.append(
            f"| {one.point:,} | {one.total / 1e6:.1f} | {one.seconds:.2f} | {one.total / one.seconds / 1e6:.1f} "
            f"| {one.processor:.2f} | {one.resident / (1 << 20):.0f} |"
        )
    return "\n".join(lines)


def line(axis, measured):
    """Seconds at each point, both scales logarithmic."""
    height, left, right, top, bottom = 320, 60, WIDTH - 60, 40, 280
    xs = [math.log10(one.point) for one in measured]
    ys = [math.log10(one.seconds) for one in measured]
    low, high = math.floor(min(ys)), math.ceil(max(ys))
    across = (right - left) / max(xs[-1] - xs[0], 1e-9)
    up = (bottom - top) / max(high - low, 1)
    places = [(left + (x - xs[0]) * across, bottom - (y - low) * up) for x, y in zip(xs, ys)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="8" y="20" font-weight="bold">{escape(axis.title)}: seconds over {escape(axis.unit)} (medians)</text>',
    ]
    for power in range(low, high + 1):
        y = bottom - (power - low) * up
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts.append(f'<polyline points="{points}" fill="none" stroke="#0b6" stroke-width="2"/>')
    for one, (x, y) in zip(measured, places):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0b6"/>')
        parts.append(f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{one.seconds:.2f}</text>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{one.point:,}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
