// Which artists are known? All of them, by name, with their pictures; searched, and sifted by whether the library has them.
import { mdiAccountSearchOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { api, ask } from "@/api/client";
import { SearchField } from "@/facts/SearchField";
import { useTexts } from "@/i18n/LanguageProvider";
import { PagedList } from "@/lists/PagedList";
import { usePages } from "@/lists/usePages";
import { Icon } from "@/shared/Icon";
import { Page } from "@/shared/Page";
import { useSearchChange } from "@/shared/searching";

import { ArtistCard } from "./ArtistCard";
import { LookUp } from "./LookUp";
import { artistsTexts } from "./texts";

const CHOICES = ["all", "library", "others"] as const;
type Choice = (typeof CHOICES)[number];
const IN_LIBRARY: Record<Choice, boolean | undefined> = { all: undefined, library: true, others: false };
const PAGE_SIZE = 60;

export default function Artists() {
  const t = useTexts(artistsTexts);
  const { prefix, choice, change } = useSifting();
  const [isLookingUp, setLookingUp] = useState(false);
  const pages = usePages(["artist", "list", prefix, choice], async (token, signal) => {
    const query = { page_size: PAGE_SIZE, page_token: token, name_prefix: prefix, in_library: IN_LIBRARY[choice] };
    const { artists, next_page_token } = await ask(api.GET("/api/v1/artists", { params: { query }, signal }));
    return { rows: artists, next: next_page_token };
  });
  return (
    <Page
      title={t.title}
      actions={
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiAccountSearchOutline} />}
          aria-haspopup="dialog"
          onClick={() => setLookingUp(true)}
          sx={{ minHeight: 40 }}
        >
          {t.add}
        </Button>
      }
    >
      <Box role="search" sx={{ display: "flex", flexWrap: "wrap", gap: 2, mb: 3 }}>
        <SearchField label={t.search} value={prefix} onSearch={(words) => change("q", words)} />
        <ToggleButtonGroup
          exclusive
          size="small"
          color="primary"
          aria-label={t.which}
          value={choice}
          onChange={(_, chosen: Choice | null) => chosen && change("which", chosen === "all" ? "" : chosen)}
          sx={{ "& button": { minHeight: 40, textTransform: "none" } }}
        >
          {CHOICES.map((each) => (
            <ToggleButton key={each} value={each}>
              {t[each]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </Box>
      <PagedList
        pages={pages}
        label={t.list}
        rowHeight={270}
        cardWidth={150}
        empty={prefix ? t.noMatch : choice === "all" ? <Nothing /> : t.noFilter}
      >
        {(artist) => <ArtistCard artist={artist} />}
      </PagedList>
      {isLookingUp && <LookUp onClose={() => setLookingUp(false)} />}
    </Page>
  );
}

function Nothing() {
  const t = useTexts(artistsTexts);
  return (
    <>
      {t.nothing} <Link href="/settings">{t.toSettings}</Link>
    </>
  );
}

/** What is looked for is in the address. */
function useSifting() {
  const [address] = useSearchParams();
  const change = useSearchChange();
  const choice = CHOICES.find((each) => each === address.get("which")) ?? "all";
  return { prefix: address.get("q") ?? "", choice, change };
}
