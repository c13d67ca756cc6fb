// How do the covers get on, and where is a certain one? One of them has a view of its own, whose address is a link like any other.
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";

import { useStats } from "./asking";
import { Figures } from "./Figures";
import { Finder } from "./Finder";
import { OneCover } from "./OneCover";
import { Sources } from "./Sources";
import { coversTexts } from "./texts";

/** An address may say anything; what is no id is asked of nobody. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default function Covers() {
  const t = useTexts(coversTexts);
  const [search] = useSearchParams();
  const kind = search.get("kind") === "artists" ? "artists" : "albums";
  const id = search.get("id");
  if (id && UUID.test(id)) return <OneCover key={`${kind}/${id}`} kind={kind} id={id} />;
  return (
    <Page title={t.title}>
      <Finder kind={kind} begins={search.get("begins") ?? ""} />
      <Overview />
    </Page>
  );
}

function Overview() {
  return (
    <Loaded query={useStats()}>
      {(stats) => (
        <>
          <Figures stats={stats} />
          <Sources sources={stats.sources} />
        </>
      )}
    </Loaded>
  );
}
