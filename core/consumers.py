"""The two sockets: nudges for staff pages, whole documents for public boards."""

import asyncio
import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from core import live

MAX_TOPICS = 20
CONTENT_CHANGED = json.dumps({"content": "changed"})


class LiveConsumer(AsyncWebsocketConsumer):
    """`/ws/live/`: a signed-in page asks for topics, a gate says yes or no, nudges follow. It ends with the session."""

    person = ""

    async def connect(self) -> None:
        self.topics: set[str] = set()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(code=4401)
            return
        self.person = f"person.{user.pk}"
        await self.channel_layer.group_add(self.person, self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        topic = _asked_topic(text_data)
        if topic is None or len(self.topics) >= MAX_TOPICS:
            await self.close(code=4400)
            return
        if not await database_sync_to_async(live.may_listen)(self.scope["user"], topic):
            await self.send(json.dumps({"topic": topic, "refused": True}))
            return
        if topic not in self.topics:
            self.topics.add(topic)
            await self.channel_layer.group_add(f"topic.{topic}", self.channel_name)
        await self.send(json.dumps({"topic": topic, "listening": True}))

    async def disconnect(self, code: int) -> None:
        for topic in getattr(self, "topics", ()):
            await self.channel_layer.group_discard(f"topic.{topic}", self.channel_name)
        if self.person:
            await self.channel_layer.group_discard(self.person, self.channel_name)

    async def live_hang_up(self, message: dict[str, Any]) -> None:
        session = self.scope.get("session")
        if message["session"] in ("", getattr(session, "session_key", None)):
            await self.close(code=4401)

    async def live_nudge(self, message: dict[str, Any]) -> None:
        await self.send(json.dumps({key: message[key] for key in ("topic", "event", "id")}))


class BoardConsumer(AsyncWebsocketConsumer):
    """`/ws/halls/{code}/board/`: the document at once, one per change, and the heartbeat. Open to everyone.

    A screen's versions only grow: of two documents built at the same moment the older may arrive later and is dropped.
    A screen too slow to take every document gets the newest instead of a growing backlog.
    """

    groups_joined: tuple[str, ...] = ()
    version = -1
    newest: str | None = None
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.code = self.scope["url_route"]["kwargs"]["code"]
        self.groups_joined = (f"board.{self.code}", "heartbeat")
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        text = await database_sync_to_async(live.board_text)(self.code)
        if text is None:
            await self.close(code=4404)
            return
        self.version = json.loads(text)["version"]
        await self.accept()
        await self.send(text)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A screen has nothing to say; what it sends is dropped."""

    async def disconnect(self, code: int) -> None:
        if self.sending is not None:
            self.sending.cancel()
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def board_document(self, message: dict[str, Any]) -> None:
        if message["version"] <= self.version:
            return
        self.version, self.newest = message["version"], message["text"]
        if self.sending is None or self.sending.done():
            self.sending = asyncio.create_task(self.send_newest())

    async def send_newest(self) -> None:
        while self.newest is not None:
            text, self.newest = self.newest, None
            await self.send(text)

    async def board_heartbeat(self, message: dict[str, Any]) -> None:
        if self.sending is None or self.sending.done():
            newest = message["newest"].get(self.code)
            await self.send(json.dumps({"heartbeat": message["time"], "newest": newest}))

    async def board_content(self, message: dict[str, Any]) -> None:
        await self.send(CONTENT_CHANGED)


def _asked_topic(text: str | None) -> str | None:
    try:
        asked = json.loads(text or "")
    except ValueError:
        return None
    topic = asked.get("subscribe") if isinstance(asked, dict) else None
    return topic if isinstance(topic, str) and len(topic) <= 80 and topic.isascii() and " " not in topic else None
