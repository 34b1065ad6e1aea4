"""The account's screens by their names, for the window."""

from typing import Final

from mobile_app.ui.account import AccountScreen
from mobile_app.ui.account_about import AccountAboutScreen
from mobile_app.ui.account_blocked import AccountBlockedScreen
from mobile_app.ui.account_devices import AccountDevicesScreen
from mobile_app.ui.account_locked import LockedScreen
from mobile_app.ui.account_pin import AccountPinScreen
from mobile_app.ui.widgets import Page

ACCOUNT_SCREENS: Final[dict[str, type[Page]]] = {
    "account": AccountScreen,
    "account_pin": AccountPinScreen,
    "account_devices": AccountDevicesScreen,
    "account_blocked": AccountBlockedScreen,
    "account_about": AccountAboutScreen,
    "locked": LockedScreen,
}
