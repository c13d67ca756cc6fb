// What does one cover look like, why, and what may be done about it?
import { mdiArrowLeft } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";

import { useDeeds, useOneCover, useSubject, type Kind } from "./asking";
import { About } from "./About";
import { Attempts } from "./Attempts";
import { Picture } from "./Picture";
import { coversTexts } from "./texts";
import { Versions } from "./Versions";

export function OneCover({ kind, id }: { kind: Kind; id: string }) {
  const t = useTexts(coversTexts);
  const [search] = useSearchParams();
  const subject = useSubject(kind, id);
  const cover = useOneCover(kind, id);
  const deeds = useDeeds(kind, id);
  const back = new URLSearchParams(search);
  back.delete("id");
  const name = subject.data?.name ?? "";
  return (
    <Page
      title={subject.data ? [subject.data.name, subject.data.by].filter(Boolean).join(" · ") : t.title}
      actions={
        <>
          <Button href={`/covers?${back}`} startIcon={<Icon path={mdiArrowLeft} />}>
            {t.allCovers}
          </Button>
          <Button href={`/${kind}/${id}`}>{kind === "albums" ? t.toAlbum : t.toArtist}</Button>
        </>
      }
    >
      <Loaded query={cover}>
        {(known) => (
          <>
            <Box
              sx={{
                display: "grid",
                gap: { xs: 3, md: 5 },
                gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "440px minmax(0, 1fr)" },
                alignItems: "start",
              }}
            >
              <Picture kind={kind} cover={known} name={name} deeds={deeds} />
              <div>
                <About cover={known} />
                <Attempts kind={kind} id={id} />
              </div>
            </Box>
            <Versions cover={known} deeds={deeds} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
