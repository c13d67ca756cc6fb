// Where is the cover of a certain album or artist? By how its name begins, some at a time.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ButtonBase from "@mui/material/ButtonBase";
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useId } from "react";
import { useSearchParams } from "react-router";

import { CoverImage } from "@/covers/CoverImage";
import { SearchField } from "@/facts/SearchField";
import { useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Loaded } from "@/shared/Loaded";
import { Trouble } from "@/shared/Trouble";

import { useSubjects, type Kind, type Subject } from "./asking";
import { coversTexts } from "./texts";

export function Finder({ kind, begins }: { kind: Kind; begins: string }) {
  const t = useTexts(coversTexts);
  const id = useId();
  const [, setSearch] = useSearchParams();
  const set = (wanted: { kind?: Kind; begins?: string }) => {
    const after = { kind, begins, ...wanted };
    setSearch({ kind: after.kind, ...(after.begins ? { begins: after.begins } : {}) }, { replace: true, preventScrollReset: true });
  };
  return (
    <Box component="section" aria-labelledby={id}>
      <Typography id={id} variant="h5" component="h2" sx={{ mb: 1.5 }}>
        {t.find}
      </Typography>
      <Stack role="search" aria-labelledby={id} direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", mb: 2 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={kind}
          aria-label={t.kind}
          onChange={(_, chosen: Kind | null) => chosen && set({ kind: chosen })}
        >
          <ToggleButton value="albums">{t.albumsShort}</ToggleButton>
          <ToggleButton value="artists">{t.artistsShort}</ToggleButton>
        </ToggleButtonGroup>
        <SearchField
          key={kind}
          label={kind === "albums" ? t.titleBegins : t.nameBegins}
          value={begins}
          onSearch={(typed) => set({ begins: typed })}
        />
      </Stack>
      <Found kind={kind} begins={begins} />
    </Box>
  );
}

function Found({ kind, begins }: { kind: Kind; begins: string }) {
  const t = useTexts(coversTexts);
  const query = useSubjects(kind, begins);
  const nothing = begins ? (
    t.noneBegin
  ) : (
    <>
      {t.noneYet}
      <br />
      <Button href="/settings">{t.toSettings}</Button>
    </>
  );
  return (
    <Loaded query={query} isEmpty={({ pages }) => pages[0]?.subjects.length === 0} empty={nothing}>
      {({ pages }) => (
        <>
          <Box
            component="ul"
            aria-label={kind === "albums" ? t.albumsShort : t.artistsShort}
            sx={{
              listStyle: "none",
              m: 0,
              p: 0,
              display: "grid",
              gap: 2,
              gridTemplateColumns: { xs: "repeat(3, minmax(0, 1fr))", sm: "repeat(4, minmax(0, 1fr))", md: "repeat(6, minmax(0, 1fr))" },
            }}
          >
            {pages.flatMap((page) => page.subjects).map((subject) => (
              <li key={subject.id}>
                <Choice kind={kind} subject={subject} begins={begins} />
              </li>
            ))}
          </Box>
          {query.isFetchNextPageError && <Trouble error={query.error} />}
          {query.hasNextPage && (
            <Box sx={{ textAlign: "center", mt: 2 }}>
              <BusyButton variant="outlined" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t.more}
              </BusyButton>
            </Box>
          )}
        </>
      )}
    </Loaded>
  );
}

function Choice({ kind, subject, begins }: { kind: Kind; subject: Subject; begins: string }) {
  const query = new URLSearchParams({ kind, id: subject.id, ...(begins ? { begins } : {}) });
  return (
    <ButtonBase
      href={`/covers?${query}`}
      focusRipple
      sx={{
        display: "block",
        width: "100%",
        textAlign: kind === "artists" ? "center" : "left",
        borderRadius: 1,
        "&:hover .name": { textDecoration: "underline" },
      }}
    >
      <CoverImage kind={kind} id={subject.id} name={subject.name} size="fill" />
      <Typography className="name" noWrap variant="body2" sx={{ fontWeight: 600, mt: 0.75 }}>
        {subject.name}
      </Typography>
      {subject.by && (
        <Typography noWrap variant="body2" color="text.secondary">
          {subject.by}
        </Typography>
      )}
    </ButtonBase>
  );
}
