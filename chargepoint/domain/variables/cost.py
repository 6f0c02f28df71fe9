"""Cost and price: TariffCostCtrlr, DisplayMessageCtrlr, the keys of the pricing note, and the local time that prices need."""

from chargepoint.domain import languages
from chargepoint.domain.default_price import PRICE, PRICE_TEXT
from chargepoint.domain.display_messages import FORMATS, LONGEST_MESSAGE, MOST_MESSAGES, MessagePriority
from chargepoint.domain.languages import LANGUAGE, LANGUAGES
from chargepoint.domain.local_time import MOMENT, OFFSET
from chargepoint.domain.values import BOOLEAN, INTEGER, MEMBERS, STRING
from chargepoint.domain.variables.row import RO, Place, V


def _languages(at: Place) -> tuple[str, ...]:
    """Of the price texts: what the configuration file says, else English."""
    return languages.preset(at.configuration.ocpp.keys, "SupportedLanguages", "en")


PRIORITIES = tuple(each.value for each in MessagePriority)

# fmt: off
LANGUAGE_OF_DISPLAY = V("DisplayMessageCtrlr.Language", LANGUAGE, lambda at: _languages(at)[0], values=_languages, key="Language")
DISPLAY_MESSAGES_AVAILABLE = V("DisplayMessageCtrlr.Available", BOOLEAN, "true", RO)
DISPLAY_MESSAGES_ENABLED = V("DisplayMessageCtrlr.Enabled", BOOLEAN, "true")
DISPLAY_MESSAGES = V("DisplayMessageCtrlr.DisplayMessages", INTEGER, "0", RO, minimum=0, maximum=MOST_MESSAGES)
DISPLAY_FORMATS = V("DisplayMessageCtrlr.SupportedFormats", MEMBERS, ",".join(FORMATS), RO, values=FORMATS)
DISPLAY_PRIORITIES = V("DisplayMessageCtrlr.SupportedPriorities", MEMBERS, ",".join(PRIORITIES), RO, values=PRIORITIES)
PERSONAL_MESSAGE_SIZE = V("DisplayMessageCtrlr.PersonalMessageSize", INTEGER, str(LONGEST_MESSAGE), RO, minimum=0)
COST_AVAILABLE = V("TariffCostCtrlr.Available[Cost]", BOOLEAN, "true", RO)
COST_ENABLED = V("TariffCostCtrlr.Enabled[Cost]", BOOLEAN, "true")
TARIFF_AVAILABLE = V("TariffCostCtrlr.Available[Tariff]", BOOLEAN, "true", RO)
TARIFF_ENABLED = V("TariffCostCtrlr.Enabled[Tariff]", BOOLEAN, "true")
CURRENCY = V("TariffCostCtrlr.Currency", STRING, lambda at: at.configuration.public.currency, maximum=3, entry="public.currency")
TARIFF_FALLBACK = V("TariffCostCtrlr.TariffFallbackMessage", STRING, "", maximum=255)
COST_FALLBACK = V("TariffCostCtrlr.TotalCostFallbackMessage", STRING, "", maximum=255)
COST_DECIMALS = V("TariffCostCtrlr.NumberOfDecimalsForCostValues", INTEGER, "2", RO, minimum=0, maximum=6,
                  key="NumberOfDecimalsForCostValues")
TIME_OFFSET = V("ClockCtrlr.TimeOffset", OFFSET, "+00:00", key="TimeOffset")
NEXT_TIME_OFFSET_AT = V("ClockCtrlr.NextTimeOffsetTransitionDateTime", MOMENT, "", key="NextTimeOffsetTransitionDateTime")
NEXT_TIME_OFFSET = V("ClockCtrlr.TimeOffset[NextTransition]", OFFSET, "+00:00", key="TimeOffsetNextTransition")
SHOWS_COST = V("CustomDisplayCostAndPrice", BOOLEAN, "true", RO)
IDLE_FEE_AFTER_STOP = V("CustomIdleFeeAfterStop", BOOLEAN, "false")
MULTI_LANGUAGE = V("CustomMultiLanguageMessages", BOOLEAN, "true", RO, values=("true",))
SUPPORTED_LANGUAGES = V("SupportedLanguages", LANGUAGES, lambda at: ",".join(_languages(at)), RO)
DEFAULT_PRICE = V("DefaultPrice", PRICE)
DEFAULT_PRICE_TEXT = V("DefaultPriceText[*]", PRICE_TEXT, instances=_languages)
# fmt: on
