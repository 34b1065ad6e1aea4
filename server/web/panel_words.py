"""Words of the waiting panel: every state and end result of a sign request, said to a person.

Rules: a state is a word and a tone; an end says what happened and what to do next; the same word stands on every page. The texts are
English message ids (``N_`` marks them for the catalogue) and are translated when a page asks. ``{names}`` are filled in by the script.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flask import url_for
from flask_babel import gettext

from server.signing.sign_request import EndResult, ItemState, State


def N_(message: str) -> str:
    """Marks a message for the catalogue; it is translated later."""
    return message


@dataclass(frozen=True, slots=True)
class Words:
    """``tone`` is the colour's name in tokens.css; ``lead`` stands over a live request, ``text`` under an ended one's title."""

    words: str
    tone: str
    lead: str = ""
    title: str = ""
    text: str = ""
    toast: str = ""
    security: bool = False

    def translated(self) -> dict[str, str | bool]:
        return {
            name: gettext(value) if isinstance(value, str) and value and name != "tone" else value
            for name, value in asdict(self).items()
        }


STATE_WORDS: dict[State, Words] = {
    State.PREPARING: Words(
        N_("Preparing"), "blue", lead=N_("The server is preparing the request. It goes to your phone in a moment.")
    ),
    State.QUEUED: Words(
        N_("Waiting for the phone to connect"),
        "amber",
        lead=N_(
            "No phone is connected. Open the app on “{devices}”: the request arrives by itself. It expires in {clock}."
        ),
    ),
    State.PUSHED: Words(
        N_("Waiting for confirmation on the phone"),
        "blue",
        lead=N_("Open the app on “{devices}” and choose the code below. The request expires in {clock}."),
    ),
    State.OPENED: Words(
        N_("Open on the phone"),
        "blue",
        lead=N_("The request is open on “{devices}”. Choose the code below there. The request expires in {clock}."),
    ),
    State.SIGNING: Words(
        N_("The phone is signing"), "blue", lead=N_("You agreed on “{devices}”. The phone is making the signatures.")
    ),
    State.ANSWERED: Words(
        N_("Writing the signatures"),
        "blue",
        lead=N_("The phone is done. The server writes the signatures into the documents and checks the result."),
    ),
    State.COMPLETED: Words(
        N_("Signed"),
        "jade",
        title=N_("Document signed"),
        text=N_("The signature is in the document and has been checked."),
        toast=N_("Document signed successfully"),
    ),
    State.REFUSED: Words(N_("Refused"), "red"),
    State.EXPIRED: Words(N_("Expired"), "amber"),
    State.CANCELLED: Words(N_("Cancelled"), "amber"),
    State.FAILED: Words(N_("Failed"), "red"),
}

END_WORDS: dict[EndResult, Words] = {
    EndResult.USER_REFUSED: Words(
        N_("Refused"),
        "red",
        title=N_("You refused on the phone"),
        text=N_("Nothing was signed. If that was a mistake, send a new request."),
    ),
    EndResult.CANCELLED: Words(
        N_("Cancelled"),
        "amber",
        title=N_("The request was cancelled"),
        text=N_("Nothing was signed. You can send a new request at any time."),
    ),
    EndResult.TIMEOUT: Words(
        N_("Not finished in time"),
        "amber",
        title=N_("The phone did not finish in time"),
        text=N_("You agreed, but the signature did not arrive. Check the phone’s network, then send a new request."),
    ),
    EndResult.EXPIRED: Words(
        N_("Expired"),
        "amber",
        title=N_("Nobody answered in time"),
        text=N_("Nothing was signed. Check that the phone is on and has a network, then send a new request."),
    ),
    EndResult.WRONG_VERIFICATION_CODE: Words(
        N_("Wrong verification code"),
        "red",
        title=N_("Another code was chosen on the phone"),
        text=N_(
            "The request ended at once and nothing was signed. If it was you, send a new request. If it was not, "
            "freeze the phone on the account page and change your password."
        ),
    ),
    EndResult.DOCUMENT_MISMATCH: Words(
        N_("Security warning"),
        "red",
        title=N_("Security warning: the phone stopped this request"),
        text=N_(
            "The document that reached the phone is not what the server said it is. Nothing was signed. "
            "Do not try again; tell your administrator now."
        ),
        security=True,
    ),
    EndResult.DEVICE_ERROR: Words(
        N_("Error on the phone"),
        "red",
        title=N_("The phone could not sign"),
        text=N_("Nothing was signed. Open the app to see the cause, then send a new request."),
    ),
    EndResult.ANSWERED_ELSEWHERE: Words(
        N_("Answered on another phone"),
        "amber",
        title=N_("Another phone answered first"),
        text=N_("Its answer counts. There is nothing more to do."),
    ),
    EndResult.NO_DEVICE: Words(
        N_("No phone left"),
        "red",
        title=N_("No phone is left that could sign"),
        text=N_(
            "The phone was frozen or unpaired while the request waited. Pair or unfreeze a phone, then send a new request."
        ),
    ),
    EndResult.DOCUMENT_REFUSED: Words(
        N_("Can’t be signed"),
        "red",
        title=N_("The documents can’t be signed as they are"),
        text=N_("The list says why for each. Nothing was signed; mend the files and upload them again."),
    ),
    EndResult.SERVER_ERROR: Words(
        N_("Server error"),
        "red",
        title=N_("The server could not finish"),
        text=N_(
            "Nothing was lost. Try again in a few minutes; if it stays so, give your administrator the address of this page."
        ),
    ),
}

ALL_OF_MANY = Words(
    N_("Signed"),
    "jade",
    title=N_("All {signed} documents are signed"),
    text=N_("The signatures are in the documents and have been checked."),
    toast=N_("All documents signed successfully"),
)
PARTLY = Words(
    N_("Partly signed"),
    "amber",
    title=N_("{signed} of {total} documents are signed"),
    text=N_("Their signatures have been checked."),
    toast=N_("Some documents were signed"),
)
CONTINUED = Words(
    N_("Stopped by the phone’s check"),
    "amber",
    title=N_("The phone would not sign {count} of {total} documents"),
    text=N_("They did not pass its checks; the list says why. The others were asked for again in a new request with a code of its own."),
)
ITEM_WORDS: dict[ItemState, Words] = {
    ItemState.WAITING: Words(N_("Waiting"), "grey"),
    ItemState.PREPARED: Words(N_("Prepared"), "grey"),
    ItemState.ANSWERED: Words(N_("Signature received"), "blue"),
    ItemState.SIGNED: Words(N_("Signed"), "jade"),
    ItemState.REFUSED: Words(N_("Left out by you"), "amber"),
    ItemState.FAILED: Words(N_("Failed"), "red"),
    ItemState.CANCELLED: Words(N_("Cancelled"), "amber"),
}
ASKED_AGAIN = Words(N_("Asked again"), "blue")
"""Taken back because the phone would not sign another document of the request."""
RESULT_FILTERS = {
    "all": N_("All"),
    "signed": N_("Signed"),
    "refused": N_("Left out"),
    "failed": N_("Not signed"),
    "waiting": N_("Waiting"),
}
STEPS = {
    "prepare": N_("Prepare the documents ({n})"),
    "send": N_("Sent to the phone"),
    "approve": N_("The phone checks and waits for your consent"),
    "embed": N_("Sign, write the signatures into the documents and check"),
}
TEXTS = {
    "title_one": N_("Signing “{title}”"),
    "title_many": N_("Signing {n} documents"),
    "your_phone": N_("your phone"),
    "prepared_count": N_("{prepared} / {total} prepared"),
    "signed_count": N_("{signed} / {total} signed"),
    "signed_by_phone": N_("{answered} / {total} signed by the phone"),
    "embedded_count": N_("{written} / {total} written and checked"),
    "who_when": N_("{name} · on “{device}” · {when}"),
    "cancelled_some": N_("You stopped it: {count} were not signed any more."),
    "refused_some": N_("You left out {count} on the phone."),
    "failed_some": N_("{count} failed; the list says why."),
    "rate_left": N_("{rate} documents a second · {left} left"),
    "took": N_("{count} documents in {seconds} seconds · {rate} a second"),
    "left_out": N_("The phone would not sign {count} of {total} documents. The others are asked for again: compare the new code."),
    "retry": N_("Ask again for those not signed ({count})"),
    "more": N_("Show more"),
    "no_results": N_("No documents here."),
    "open_document": N_("Open"),
    "no_phone_connected": N_("No phone is connected yet"),
    "nothing_signed": N_("No signature has been made yet"),
    "approved": N_("You agreed"),
    "approved_on": N_("You agreed on “{device}”"),
    "reason": N_("Reason: {reason}"),
    "download": N_("Download"),
    "success": N_("Success"),
    "not_done": N_("Not done"),
    "unreachable": N_("The server did not answer. Check the network and try again."),
    "spoken_code": N_("Verification code: {code}"),
}


def panel_texts() -> dict[str, object]:
    """Everything the panel's script shows, in the page's language."""
    return {
        **{name: gettext(text) for name, text in TEXTS.items()},
        "states": {state.value: words.translated() for state, words in STATE_WORDS.items()},
        "end_results": {result.value: words.translated() for result, words in END_WORDS.items()},
        "partly": PARTLY.translated(),
        "all_of_many": ALL_OF_MANY.translated(),
        "continued": CONTINUED.translated(),
        "filters": {name: gettext(text) for name, text in RESULT_FILTERS.items()},
        "steps": {name: gettext(text) for name, text in STEPS.items()},
    }


def panel_facts(snapshot: Mapping[str, object] | None) -> dict[str, object]:
    """What the panel's script is handed: the newest snapshot, if there is a request yet, and where to ask and answer."""
    return {
        "snapshot": snapshot,
        "urls": {
            "snapshot": url_for("web.snapshot", request_id="REQUEST"),
            "request": url_for("web.sign_request", request_id="REQUEST"),
            "cancel": url_for("web.cancel", request_id="REQUEST"),
            "document": url_for("web.document", document_id="DOCUMENT"),
            "results": url_for("web.results", request_id="REQUEST"),
            "archive": url_for("web.signed_zip", request_id="REQUEST"),
            "retry": url_for("web.retry", request_id="REQUEST"),
        },
        "texts": panel_texts(),
    }
