import { texts } from "@/i18n/texts";

export const whyTexts = texts(
  {
    why: (label: string) => `${label}: why?`,
    nothing: "Nothing is known about this value.",
    override: "A person set it:",
    nextCheck: "Asked again",
    source: "source",
    confidence: (share: string) => `${share} sure`,
    CANDIDATE_STATUS_UNSPECIFIED: "not said",
    CANDIDATE_STATUS_CHOSEN: "shown",
    CANDIDATE_STATUS_CANDIDATE: "also seen",
    CANDIDATE_STATUS_REJECTED: "about something else",
    CANDIDATE_STATUS_LOCKED: "set by a person",
  },
  {
    why: (label) => `${label}\u00a0: pourquoi\u00a0?`,
    nothing: "On ne sait rien de cette valeur.",
    override: "Une personne l’a fixée\u00a0:",
    nextCheck: "Redemandé",
    source: "source",
    confidence: (share) => `sûr à ${share}`,
    CANDIDATE_STATUS_UNSPECIFIED: "non précisé",
    CANDIDATE_STATUS_CHOSEN: "affichée",
    CANDIDATE_STATUS_CANDIDATE: "vue aussi",
    CANDIDATE_STATUS_REJECTED: "à propos d’autre chose",
    CANDIDATE_STATUS_LOCKED: "fixée par une personne",
  },
);
