"""AuthCtrlr, AuthCacheCtrlr."""

from chargepoint.domain.values import BOOLEAN, INTEGER, OPTION, STRING
from chargepoint.domain.variables.row import RO, V

MAX_CACHED = 5_000
"""So many tokens has the cache room for."""
LONGEST_CACHED = 4096
"""Bytes of one of them, at most."""
MOST_ADDITIONAL = 4
"""AdditionalInfo items of a token."""

# fmt: off
AUTH_ENABLED = V("AuthCtrlr.Enabled", BOOLEAN, "true")
ADDITIONAL_INFO_ITEMS = V("AuthCtrlr.AdditionalInfoItemsPerMessage", INTEGER, str(MOST_ADDITIONAL), RO, minimum=0, maximum=MOST_ADDITIONAL)
AUTHORIZE_REMOTE_START = V("AuthCtrlr.AuthorizeRemoteStart", BOOLEAN, "false", key="AuthorizeRemoteTxRequests")
LOCAL_AUTHORIZE_OFFLINE = V("AuthCtrlr.LocalAuthorizeOffline", BOOLEAN, "true", key="LocalAuthorizeOffline")
LOCAL_PRE_AUTHORIZE = V("AuthCtrlr.LocalPreAuthorize", BOOLEAN, "false", key="LocalPreAuthorize")
OFFLINE_TX_FOR_UNKNOWN_ID = V("AuthCtrlr.OfflineTxForUnknownIdEnabled", BOOLEAN, "false", key="AllowOfflineTxForUnknownId")
MASTER_PASS_GROUP = V("AuthCtrlr.MasterPassGroupId", STRING, "", maximum=36)
DISABLE_REMOTE_AUTHORIZATION = V("AuthCtrlr.DisableRemoteAuthorization", BOOLEAN, "false")
AUTH_CACHE_AVAILABLE = V("AuthCacheCtrlr.Available", BOOLEAN, "true", RO)
AUTH_CACHE_ENABLED = V("AuthCacheCtrlr.Enabled", BOOLEAN, "true", key="AuthorizationCacheEnabled")
AUTH_CACHE_LIFE_TIME = V("AuthCacheCtrlr.LifeTime", INTEGER, str(30 * 86_400), unit="s", minimum=0)
AUTH_CACHE_POLICY = V("AuthCacheCtrlr.Policy", OPTION, "CUSTOM", values=("LRU", "LFU", "FIFO", "CUSTOM"))
AUTH_CACHE_STORAGE = V("AuthCacheCtrlr.Storage", INTEGER, "0", RO, unit="B", minimum=0, maximum=MAX_CACHED * LONGEST_CACHED)
AUTH_CACHE_DISABLE_POST_AUTHORIZE = V("AuthCacheCtrlr.DisablePostAuthorize", BOOLEAN, "false")
# fmt: on
