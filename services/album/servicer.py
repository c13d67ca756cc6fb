"""The album service's gRPC face: one short method per RPC. Errors are raised; the server's interceptor translates them."""

from collections.abc import Sequence
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from kernel.paging import PageTokens, page_size
from services.album.convert import replies, requests
from services.album.pipeline import AlbumPipeline
from services.album.store import AlbumStore
from services.album.storing.listing import Position
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc

T = TypeVar("T")


class AlbumServicer(album_pb2_grpc.AlbumServiceServicer):
    """Promises are in album.proto."""

    def __init__(self, *, pipeline: AlbumPipeline, store: AlbumStore, tokens: PageTokens) -> None:
        self._pipeline = pipeline
        self._store = store
        self._tokens = tokens

    def ListAlbums(self, request: pb.ListAlbumsRequest, context: grpc.ServicerContext) -> pb.ListAlbumsResponse:
        size, after = page_size(request.page_size), self._position(request)
        found = self._store.list_albums(requests.album_filter(request), after=after, limit=size + 1)
        albums = [replies.album(each) for _, each in found[:size]]
        return pb.ListAlbumsResponse(albums=albums, next_page_token=self._token(found, size, request))

    def GetAlbum(self, request: pb.GetAlbumRequest, context: grpc.ServicerContext) -> pb.GetAlbumResponse:
        return pb.GetAlbumResponse(album=replies.album(self._pipeline.get_album(requests.album_id(request.album))))

    def ListAlbumTracks(self, request: pb.ListAlbumTracksRequest, context: grpc.ServicerContext) -> pb.ListAlbumTracksResponse:
        size, after = page_size(request.page_size), self._position(request)
        album = self._pipeline.get_album(requests.album_id(request.album))
        found = self._store.list_tracks(album.id, after=after, limit=size + 1)
        tracks = [replies.track(each) for _, each in found[:size]]
        return pb.ListAlbumTracksResponse(tracks=tracks, next_page_token=self._token(found, size, request))

    def GetTrack(self, request: pb.GetTrackRequest, context: grpc.ServicerContext) -> pb.GetTrackResponse:
        return pb.GetTrackResponse(track=replies.track(self._pipeline.get_track(requests.track_id(request.track))))

    def EnsureTracks(self, request: pb.EnsureTracksRequest, context: grpc.ServicerContext) -> pb.EnsureTracksResponse:
        return replies.ensure_response(self._pipeline.ensure(requests.track_names(request)))

    def _position(self, request: Any) -> Position | None:
        after = self._tokens.read(request.page_token, request)
        return (str(after[0]), str(after[1])) if after else None

    def _token(self, found: Sequence[tuple[Position, T]], size: int, request: Message) -> str:
        """Leads on after the last one shown, where there was one more."""
        return self._tokens.issue(found[size - 1][0], request) if len(found) > size else ""
