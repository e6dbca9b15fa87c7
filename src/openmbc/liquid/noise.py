"""When a share of alleles has changed by more than the noise of its measurement.

Reads are counted, so a share has an interval: Wilson's, 95 %, from the reads with the change and all reads at the
place. ctDNA-RECIST rests on the measurement and its confidence interval (Eur J Cancer 2023;180:180); that two intervals
must lie apart is our reading of it. A change also has to be at least a fifth upwards or three tenths downwards, the
bounds of RECIST as a trial in breast cancer carried them over to tumour DNA (GIM21, DOI 10.1186/s13046-025-03605-2).
Where one depth is not known nothing says how large the noise is: then only a doubling or a half counts, which is our
choice.
"""

from __future__ import annotations

import polars as pl

from openmbc.liquid.checked import SHARE

Z = 1.959963984540054  # 95 %, two sides
# In tenths of the share before.
RISE, FALL = 12, 7
RISE_UNKNOWN, FALL_UNKNOWN = 20, 5


def interval(ppb: str, depth: str) -> tuple[pl.Expr, pl.Expr]:
    """The 95 % interval of a share (columns: billionths, and reads at the place), as shares of 1."""
    share, reads = pl.col(ppb) * SHARE, pl.col(depth).cast(pl.Float64)
    middle = share + Z**2 / (2 * reads)
    half = Z * (share * (1 - share) / reads + Z**2 / (4 * reads**2)).sqrt()
    whole = 1 + Z**2 / reads
    return (middle - half) / whole, (middle + half) / whole


def changed(now: tuple[str, str], before: tuple[str, str]) -> tuple[list[pl.Expr], list[pl.Expr], pl.Expr]:
    """rising, falling or stable, from the columns of share and depth; null where a share is not known.

    Three steps, so that nothing is worked out twice: the ends of both intervals, then whether it went up or down.
    """
    names = ("low", "high", "low_before", "high_before")
    ends = [end.alias(f"_{name}") for name, end in zip(names, (*interval(*now), *interval(*before)), strict=True)]
    low, high, low_before, high_before = (pl.col(f"_{name}") for name in names)
    tenths, each = 10 * pl.col(now[0]), pl.col(before[0])
    measured = pl.col(now[1]).is_not_null() & pl.col(before[1]).is_not_null()
    up = pl.when(measured).then((low > high_before) & (tenths >= RISE * each)).otherwise(tenths >= RISE_UNKNOWN * each)
    down = (
        pl.when(measured).then((high < low_before) & (tenths <= FALL * each)).otherwise(tenths <= FALL_UNKNOWN * each)
    )
    said = (
        pl.when(pl.col("_up").is_null())
        .then(None)
        .when("_up")
        .then(pl.lit("rising"))
        .when("_down")
        .then(pl.lit("falling"))
        .otherwise(pl.lit("stable"))
    )
    return ends, [up.alias("_up"), down.alias("_down")], said
