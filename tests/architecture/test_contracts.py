from pathlib import Path

import pytest
from google.api import annotations_pb2, httpbody_pb2  # noqa: F401 - their extensions must be known to the pool
from google.protobuf import descriptor_pb2, descriptor_pool

ROOT = Path(__file__).parents[2]

# Called by our own jobs only; everything else is public and has an HTTP rule.
PRIVATE = {
    "soniquebay.album.v1.AlbumService.EnrichNewAlbums",
    "soniquebay.album.v1.AlbumService.EnsureTracks",
    "soniquebay.album.v1.AlbumService.GetMusicFiles",
    "soniquebay.album.v1.AlbumService.RequestAlbums",
    "soniquebay.artist.v1.ArtistService.EnsureArtists",
    "soniquebay.cover.v1.CoverService.RequestCovers",
}


def load_methods():
    files = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "gen" / "soniquebay.binpb").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    ours = [file for file in files.file if file.package.startswith("soniquebay.")]
    return [
        method
        for file in ours
        for service in pool.FindFileByName(file.name).services_by_name.values()
        for method in service.methods
    ]


METHODS = load_methods()


def http_rule(method):
    options = descriptor_pb2.MethodOptions.FromString(method.GetOptions().SerializeToString())
    return options.Extensions[annotations_pb2.http] if options.HasExtension(annotations_pb2.http) else None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_public_rpc_has_a_rest_face(method):
    assert (http_rule(method) is None) == (method.full_name in PRIVATE)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_rpc_has_its_own_request_and_response(method):
    assert method.input_type.name == f"{method.name}Request"
    assert method.output_type.name == f"{method.name}Response" or method.output_type.full_name == "google.api.HttpBody"


@pytest.mark.parametrize("method", [m for m in METHODS if m.name.startswith("List")], ids=lambda method: method.name)
def test_every_list_is_paged_in_the_same_way(method):
    first = next(iter(method.output_type.fields))

    assert first.is_repeated
    assert first.number == 1
    assert "next_page_token" in method.output_type.fields_by_name
    assert {"page_size", "page_token"} <= set(method.input_type.fields_by_name)


def test_no_two_rpcs_share_a_path():
    rules = [
        (http_rule(method).WhichOneof("pattern"), getattr(http_rule(method), http_rule(method).WhichOneof("pattern")))
        for method in METHODS
        if http_rule(method) is not None
    ]

    assert len(rules) == len(set(rules))
