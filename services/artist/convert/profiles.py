"""How does what each provider says become protobuf?"""

from collections.abc import Mapping
from typing import Any

from kernel.evidence import Candidate
from services.artist.convert.parts import day, evidence
from services.artist.domain import ArtistField, Biography, IdScheme, Manager
from services.artist.dossier import FactValue, evidence_of
from services.artist.view import View
from soniquebay.artist.v1 import artist_pb2 as pb

_LASTFM = (
    ArtistField.URL,
    ArtistField.LISTENERS,
    ArtistField.PLAYCOUNT,
    ArtistField.TAGS,
    ArtistField.BIO,
    ArtistField.IMAGES,
)
_SPOTIFY = (ArtistField.GENRES, ArtistField.FOLLOWERS, ArtistField.POPULARITY, ArtistField.IMAGES)
_SPOTIFY_PAGE = "https://open.spotify.com/artist/"


def lastfm(view: View) -> pb.LastfmProfile | None:
    shown = {field: candidate for field in _LASTFM if (candidate := _shown(view, field, "lastfm"))}
    if not shown:
        return None
    values: Mapping[ArtistField, Any] = {field: candidate.value for field, candidate in shown.items()}
    return pb.LastfmProfile(
        url=values.get(ArtistField.URL, ""),
        listeners=values.get(ArtistField.LISTENERS),
        playcount=values.get(ArtistField.PLAYCOUNT),
        tags=[pb.Tag(name=tag.name, weight=tag.weight, url=tag.url) for tag in values.get(ArtistField.TAGS, ())],
        bio=_biography(values.get(ArtistField.BIO)),
        images=_images(values),
        evidence={field.value: evidence(candidate.evidence) for field, candidate in shown.items()},
    )


def spotify(view: View) -> pb.SpotifyProfile | None:
    """Present once a Spotify id is accepted; what is shown of others, such as genres, says so in its evidence."""
    verdict = view.verdicts[IdScheme.SPOTIFY]
    if verdict.value is None:
        return None
    shown = {field: candidate for field in _SPOTIFY if (candidate := _shown(view, field, "spotify"))}
    values: Mapping[ArtistField, Any] = {field: candidate.value for field, candidate in shown.items()}
    proof = next((evidence_of(rival) for rival in verdict.rivals if rival.value == verdict.value), None)
    return pb.SpotifyProfile(
        id=verdict.value,
        url=f"{_SPOTIFY_PAGE}{verdict.value}",
        genres=values.get(ArtistField.GENRES, ()),
        followers=values.get(ArtistField.FOLLOWERS),
        popularity=values.get(ArtistField.POPULARITY),
        images=_images(values),
        evidence={
            **({"id": evidence(proof)} if proof else {}),
            **{field.value: evidence(candidate.evidence) for field, candidate in shown.items()},
        },
    )


def listenbrainz(view: View) -> pb.ListenbrainzProfile | None:
    fields = {
        "listeners": view.shown.get(ArtistField.LISTENBRAINZ_LISTENERS),
        "listens": view.shown.get(ArtistField.LISTENBRAINZ_LISTENS),
    }
    shown: Mapping[str, Candidate[Any]] = {name: candidate for name, candidate in fields.items() if candidate is not None}
    if not shown:
        return None
    numbers = {name: candidate.value for name, candidate in shown.items()}
    return pb.ListenbrainzProfile(**numbers, evidence={name: evidence(each.evidence) for name, each in shown.items()})


def monthly_listeners(view: View) -> pb.MonthlyListeners | None:
    candidate: Candidate[Any] | None = view.shown.get(ArtistField.MONTHLY_LISTENERS)
    if candidate is None:
        return None
    return pb.MonthlyListeners(
        value=candidate.value,
        provider=candidate.evidence.provider,
        confidence=candidate.evidence.confidence,
        retrieved_at=candidate.evidence.retrieved_at,
        evidence=evidence(candidate.evidence),
    )


def labels(view: View) -> pb.Labels | None:
    own, verdict = view.shown.get(ArtistField.LABEL), view.labels
    if own is None and verdict is None:
        return None
    releases = view.dossier.said(ArtistField.RELEASES)
    known = pb.Labels(retrieved_at=max((fact.evidence.retrieved_at for fact in releases), default=None))
    if verdict is not None:
        known.principal, known.method, known.confidence = verdict.principal, verdict.method, verdict.confidence
        known.since = day(verdict.since)
        known.evidence.extend(
            pb.LabelProof(provider=p.provider, title=p.title, release_id=p.id, released=day(p.released), url=p.url)
            for p in verdict.proofs
        )
        known.candidates.extend(
            pb.LabelCandidate(name=each.name, records=each.records, latest=day(each.latest)) for each in verdict.candidates
        )
    if own is not None:
        known.principal, known.method, known.confidence = str(own.value), own.evidence.provider, own.evidence.confidence
    return known


def management(view: View) -> pb.ArtistManagement | None:
    candidate: Candidate[Any] | None = view.shown.get(ArtistField.MANAGEMENT)
    if candidate is None:
        return None
    return pb.ArtistManagement(
        managers=[_manager(each, view.language) for each in candidate.value],
        provider=candidate.evidence.provider,
        confidence=candidate.evidence.confidence,
        retrieved_at=candidate.evidence.retrieved_at,
        evidence=evidence(candidate.evidence),
    )


def _shown(view: View, field: ArtistField, provider: str) -> Candidate[FactValue] | None:
    """The value to show in a provider's own block: pictures only its own, of all else the one that was chosen."""
    chosen = view.shown.get(field)
    if field is not ArtistField.IMAGES or chosen is None or chosen.evidence.provider == provider:
        return chosen
    own = [fact for fact in view.dossier.said(field) if fact.evidence.provider == provider]
    return Candidate(own[0].value, own[0].evidence) if own else None


def _manager(known: Manager, language: str) -> pb.Manager:
    names = known.names
    return pb.Manager(
        name=names.get(language) or names.get("en") or next(iter(names.values()), ""),
        role=known.role,
        start_date=day(known.started),
        end_date=day(known.ended),
        references=known.references,
        url=known.url,
    )


def _images(known: Mapping[ArtistField, Any]) -> list[pb.Image]:
    return [pb.Image(size=image.size, url=image.url) for image in known.get(ArtistField.IMAGES, ())]


def _biography(text: Biography | None) -> pb.Biography | None:
    if text is None:
        return None
    return pb.Biography(
        language=text.language,
        summary=text.summary,
        content=text.content,
        licence=text.licence,
        url=text.url,
        publish_time=text.published_at,
    )
