"""Numbers and times as they are read."""

from layers.text import Text


def time_text(value_s: float) -> Text:
    """Seconds as minutes and seconds."""
    minutes, rest = divmod(round(value_s), 60)
    ja = (f"{minutes}分" if minutes else "") + (f"{rest}秒" if rest or not minutes else "")
    en = " ".join(([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest or not minutes else []))
    return Text(ja, en)


def amount(value: float) -> str:
    """A number of people: whole where it is."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def per_cent(share: float | None) -> str:
    """A share to a tenth of a per cent, rounded down, so that 100.0 % means all."""
    return "-" if share is None else f"{int(share * 1000) / 10:.1f}%"
