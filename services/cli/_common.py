"""What several commands need."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.settings import Settings


def load_settings(*, calibration: bool = True) -> "Settings":
    """The settings; every wrong one is named in one ``InputError``, and so is what is wrong in the calibration file.

    Without ``calibration`` that file is not looked at.
    """
    from pydantic import ValidationError

    from geo.errors import InputError
    from services.settings import Settings

    try:
        settings = Settings()
        settings.city  # noqa: B018 - read now, so that a mistake in city.toml is told before work begins
    except ValidationError as error:
        wrong = [
            f"{('NGIS_' if error.title == 'Settings' else '') + _setting_name(each['loc'], error.title)}: {each['msg']}"
            for each in error.errors()
        ]
        where = "settings" if error.title == "Settings" else "city file"
        raise InputError(
            f"The {where} cannot be used: {'; '.join(wrong)}.", fix="Correct them and run the command again."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"The city file cannot be read: {error}.", fix="Correct it, or set NGIS_CITY_FILE.") from None
    if calibration and settings.city.road_calibration is not None:
        from services.routing.calibrated import road_figures

        road_figures(settings.city.road_calibration)
    return settings


def _setting_name(location: tuple[int | str, ...], title: str) -> str:
    name = ".".join(map(str, location))
    return name.upper() if title == "Settings" else name
