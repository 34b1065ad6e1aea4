"""The web process: Flask and Socket.IO under gevent. It holds no state whose loss would matter and does no CPU work.

gevent's monkey patch is done by ``server.processes.web_main`` before anything else is imported.
"""

import gc
import logging
import os
import signal
import socket
import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
from flask import Flask, Response, jsonify
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from server.api import create_api
from server.app import UseCases, build
from server.config import LOOPBACK, Config
from server.gateways.checked_post import CheckedPost
from server.gateways.web_push import WebPush
from server.processes.connections import BoundedServer
from server.processes.gevent_lanes import GeventLanes, News, resolver, spawn_forever
from server.processes.heartbeat import BEATS_BEFORE_SILENCE, Heart
from server.processes.nudge import SocketNudge
from server.processes.send_wake_ups import DOUBTFUL_HANDS, HANDS, SendWakeUps
from server.processes.with_supervisor import supervisor_is_gone
from server.sockets.bounded_websocket import MESSAGE_LIMIT, BoundedWebSocket
from server.sockets.browser import Browsers
from server.sockets.deliver_outbox import DeliverOutbox
from server.sockets.device_http import create_device_http
from server.sockets.guard import guard_connections
from server.sockets.phones import Phones
from server.sockets.strict_packet import StrictPacket
from server.web import create_web

log = logging.getLogger(__name__)


def _origins(config: Config) -> list[str]:
    origins = {config.base_url}
    if config.host in ("127.0.0.1", "localhost"):
        scheme = "https" if config.tls_certificate else "http"
        origins |= {f"{scheme}://127.0.0.1:{config.port}", f"{scheme}://localhost:{config.port}"}
    return sorted(origins)


def make_flask(config: Config) -> Flask:
    flask_app = Flask("server")
    flask_app.json.sort_keys = False  # type: ignore[attr-defined]
    flask_app.config["MAX_CONTENT_LENGTH"] = config.max_document_bytes + 1024 * 1024
    if config.behind_proxy:
        inner = _known_as(config.public_url, flask_app.wsgi_app) if config.public_url else flask_app.wsgi_app
        flask_app.wsgi_app = ProxyFix(inner, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return flask_app


def _known_as(public_url: str, app: Any) -> Any:
    """Requests have the public address's host, whatever the proxy sends for it: many leave the port out, and a form's check compares the
    page that it came from (Referer) with the host."""
    host = urlsplit(public_url).netloc

    def named(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_HOST"] = host
        return app(environ, start_response)

    return named


def add_health(flask_app: Flask, app: UseCases, lanes: GeventLanes, phones: Phones, outbox: DeliverOutbox) -> None:
    """``/healthz``: the process answers. ``/readyz``: the store does too."""

    @flask_app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"state": "ok"})

    @flask_app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        try:
            waiting = lanes.database(_waiting_jobs, app)
            lanes.slow(app.blobs.check_room, 0)
        except Exception:
            log.exception("not ready")
            return jsonify({"state": "unavailable"}), 503
        counts = {"jobs_waiting": waiting, "phones": phones.connected, "messages_resting": outbox.resting}
        return jsonify({"state": "ok", **counts}), 200


def _waiting_jobs(app: UseCases) -> int:
    with app.store.read() as tx:
        return tx.jobs.waiting(app.clock.now())


def serve(config: Config, run_folder: Path, listener: socket.socket) -> None:
    """Serves until SIGTERM; existing connections are closed, nothing is lost by it."""
    sys.setswitchinterval(0.001)
    lanes, news = GeventLanes(), News(run_folder)
    app = lanes.database(build, config, SocketNudge(run_folder))
    flask_app = make_flask(config)
    socketio = SocketIO(
        flask_app,
        async_mode="gevent",
        path="/socket.io",
        transports=["websocket"],
        cors_allowed_origins=_origins(config),
        max_http_buffer_size=MESSAGE_LIMIT,
        manage_session=False,
        ping_interval=25,
        ping_timeout=20,
        always_connect=False,
        serve_client=False,
        serializer=StrictPacket,
        logger=logging.getLogger("socketio"),
        engineio_logger=logging.getLogger("engineio"),
    )
    socketio.server.eio._async = {**socketio.server.eio._async, "websocket": BoundedWebSocket}
    phones, browsers = Phones(socketio, app, lanes), Browsers(socketio, app, lanes)
    socketio.on_namespace(phones)
    socketio.on_namespace(browsers)
    guard_connections(socketio, (phones.namespace, browsers.namespace))
    flask_app.register_blueprint(create_device_http(app, lanes))
    create_web(flask_app, app, lanes, news)
    create_api(flask_app, app, lanes, news)
    outbox = DeliverOutbox(app, lanes, news, phones, browsers)
    add_health(flask_app, app, lanes, phones, outbox)
    spawn_forever(news.listen)
    spawn_forever(outbox.run)
    _wake_phones(app, lanes)
    spawn_forever(_end_with_supervisor)
    spawn_forever(lambda: _give_signs_of_life(Heart(run_folder, "web"), config.hang_seconds))
    _spare_long_collections()
    counted = config.host not in LOOPBACK and not config.behind_proxy  # else all come from one address: the proxy counts
    limit = config.connections_per_address if counted else 0
    server = BoundedServer(listener, flask_app, per_address=limit, log=None, error_log=log, **_tls(config))
    gevent.signal_handler(signal.SIGTERM, server.stop, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.serve_forever()


def _wake_phones(app: UseCases, lanes: GeventLanes) -> None:
    """Doubtful push services share neither hands nor the name service's threads with the others."""
    if app.vapid is not None:
        private = app.config.wake_up_private_addresses
        for doubtful, hands in ((False, HANDS), (True, DOUBTFUL_HANDS)):
            post = CheckedPost(private_addresses=private, resolve=resolver(hands))
            push = WebPush(app.vapid, app.clock, post, private_addresses=private)
            spawn_forever(SendWakeUps(app.wake_phones, push, lanes, doubtful=doubtful).run)


def _give_signs_of_life(heart: Heart, hang_seconds: int) -> None:
    """From the hub itself: when that is held up, the supervisor hears nothing."""
    while True:
        heart.beat(hang_seconds)
        gevent.sleep(hang_seconds / BEATS_BEFORE_SILENCE)


def _spare_long_collections() -> None:
    """What is there at the start stays: the garbage collector need not look at it again. With a thousand phones connected a full
    collection took 100 to 200 ms in which no socket was served; now it has a third of the objects and comes a hundred times more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _tls(config: Config) -> dict[str, Any]:
    if not config.tls_certificate:
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(config.tls_certificate, config.tls_key)
    return {"ssl_context": context}


def _end_with_supervisor() -> None:
    """Where the kernel does not do it."""
    while not supervisor_is_gone():
        gevent.sleep(0.5)
    os._exit(0)
