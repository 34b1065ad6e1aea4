"""The composition root: every collaborator is made here and handed in. One ``UseCases`` per process."""

from dataclasses import dataclass
from pathlib import Path

from server.certificate_authority.development_ca import DevelopmentCa
from server.certificate_authority.ports import CertificateIssuer, NoIssuer
from server.clock import Clock, FileOffsetClock, SystemClock
from server.config import Config, ConfigError
from server.devices.block_requesters import BlockRequesters
from server.devices.complete_pairing import CompletePairing
from server.devices.end_device import EndDevice
from server.devices.pairing import PairDevice
from server.devices.prove_device import ProveDevice
from server.devices.read_devices import ReadDevices
from server.devices.release_share import ReleaseShare
from server.devices.subscribe_push import SubscribePush
from server.devices.wake_phones import WakePhones
from server.documents.import_batch import ImportDocuments
from server.documents.list_documents import ListDocuments
from server.documents.read_document import ReadDocument
from server.documents.receive_upload import ReceiveUpload
from server.gateways.vapid import Vapid
from server.keys.push_key import load_push_key, make_push_key
from server.keys.server_keys import ServerKeys, open_keys
from server.relying_parties.api_keys import KeepRelyingParties
from server.relying_parties.relying_party import RelyingParty
from server.signing.accept_approval import AcceptApproval
from server.signing.accept_signatures import AcceptSignatures
from server.signing.cancel_request import CancelRequest
from server.signing.expire_requests import ExpireRequests
from server.signing.fetch_documents import FetchDocuments
from server.signing.push_request import MakeOffers, PushRequest
from server.signing.queue_request import QueueRequest
from server.signing.retry_request import RetryRequest
from server.signing.set_aside_request import SetAsideRequest
from server.signing.tell_requester import TellRequester
from server.signing.unstick_request import UnstickRequests
from server.signing.verification_code import JudgeCode
from server.statements import RequestSigner
from server.storage.blobs import BlobStore
from server.storage.store import Store
from server.users.log_in import LogIn
from server.work import Nudge

COUNTER_SETTING = "request_signing_counter"


@dataclass(frozen=True)
class UseCases:
    """Everything the edges may call, and what they need to know."""

    config: Config
    clock: Clock
    nudge: Nudge
    store: Store
    blobs: BlobStore
    keys: ServerKeys
    signer: RequestSigner
    issuer: CertificateIssuer
    portal: RelyingParty
    queue_request: QueueRequest
    make_offers: MakeOffers
    push_request: PushRequest
    judge_code: JudgeCode
    accept_approval: AcceptApproval
    accept_signatures: AcceptSignatures
    cancel_request: CancelRequest
    expire_requests: ExpireRequests
    fetch_documents: FetchDocuments
    tell: TellRequester
    retry_request: RetryRequest
    unstick: UnstickRequests
    set_aside: SetAsideRequest
    prove_device: ProveDevice
    release_share: ReleaseShare
    complete_pairing: CompletePairing
    pair_device: PairDevice
    end_device: EndDevice
    block_requesters: BlockRequesters
    read_devices: ReadDevices
    vapid: Vapid | None
    subscribe_push: SubscribePush
    wake_phones: WakePhones
    receive_upload: ReceiveUpload
    read_document: ReadDocument
    list_documents: ListDocuments
    import_documents: ImportDocuments
    log_in: LogIn
    parties: KeepRelyingParties

    @property
    def session_key(self) -> bytes:
        return self.keys.session_key


def make_clock(config: Config) -> Clock:
    return FileOffsetClock(config.clock_offset_file) if config.clock_offset_file else SystemClock()


def database_path(config: Config) -> Path:
    return config.data_dir / "phoneseal.db"


def make_issuer(config: Config, clock: Clock) -> CertificateIssuer:
    if config.certificate_issuer == "none":
        return NoIssuer()
    if config.production:
        raise ConfigError("certificate_issuer 'development' is a stand-in: a production start refuses it")
    return DevelopmentCa(config.data_dir / "keys", clock.now())


def make_vapid(config: Config) -> Vapid | None:
    """Who this server is to push services; None when it wakes no phones."""
    return Vapid(load_push_key(config.data_dir / "keys"), config.public_url) if config.wake_up else None


def set_up(config: Config) -> None:
    """Makes what a new installation needs and brings an older schema up to date. Run once, before any other process starts."""
    clock = make_clock(config)
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = not database_path(config).exists()
    if not fresh and not (config.data_dir / "keys").exists():
        raise ConfigError(f"{config.data_dir} has a database but no keys: restore the keys of the same backup")
    open_keys(config.data_dir / "keys", clock.now())
    make_push_key(config.data_dir / "keys")
    store = Store(database_path(config))
    store.migrate()
    KeepRelyingParties(store, clock).portal(config.portal_name)
    make_issuer(config, clock)
    store.close()


def _present_signer(store: Store, keys: ServerKeys) -> RequestSigner:
    with store.read() as tx:
        counter = int(tx.settings.get(COUNTER_SETTING) or "1")
    return keys.signer(counter)


def build(config: Config, nudge: Nudge) -> UseCases:
    """All use cases over one store. ``set_up`` has run before."""
    clock = make_clock(config)
    store = Store(database_path(config))
    blobs = BlobStore(config.data_dir / "blobs", config.free_disk_bytes)
    keys = open_keys(config.data_dir / "keys", clock.now())
    signer = _present_signer(store, keys)
    issuer = make_issuer(config, clock)
    parties = KeepRelyingParties(store, clock)
    complete = CompletePairing(store, clock, signer, keys.sealer, issuer, nudge)
    queue_request = QueueRequest(store, clock, config, nudge)
    vapid = make_vapid(config)
    return UseCases(
        config=config,
        clock=clock,
        nudge=nudge,
        store=store,
        blobs=blobs,
        keys=keys,
        signer=signer,
        issuer=issuer,
        portal=parties.portal(config.portal_name),
        queue_request=queue_request,
        make_offers=MakeOffers(store, clock, signer, nudge),
        push_request=PushRequest(store, clock, signer, nudge),
        judge_code=JudgeCode(store, clock, signer, nudge),
        accept_approval=AcceptApproval(store, clock, config, signer, nudge),
        accept_signatures=AcceptSignatures(store, clock, signer, nudge),
        cancel_request=CancelRequest(store, clock, nudge),
        expire_requests=ExpireRequests(store, clock, nudge),
        fetch_documents=FetchDocuments(store, blobs),
        tell=TellRequester(store, clock),
        retry_request=RetryRequest(store, queue_request),
        unstick=UnstickRequests(store, clock, nudge),
        set_aside=SetAsideRequest(store, clock),
        prove_device=ProveDevice(store, clock, signer),
        release_share=ReleaseShare(store, clock, keys.sealer),
        complete_pairing=complete,
        pair_device=PairDevice(
            store, clock, signer, keys.recovery_public, config.server_name, keys.sealer, complete, nudge
        ),
        end_device=EndDevice(store, clock, config, nudge),
        block_requesters=BlockRequesters(store, clock, nudge),
        read_devices=ReadDevices(store),
        vapid=vapid,
        subscribe_push=SubscribePush(store, clock, config, vapid.public_key if vapid else None),
        wake_phones=WakePhones(store, clock),
        receive_upload=ReceiveUpload(store, blobs, clock, config, nudge),
        read_document=ReadDocument(store, blobs, clock, nudge),
        list_documents=ListDocuments(store),
        import_documents=ImportDocuments(store, blobs, clock, config, nudge),
        log_in=LogIn(store, clock),
        parties=parties,
    )
