// Which background work was given up, and why? Each service's begins anew when a person says so.
import { mdiRestart } from "@mdi/js";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Icon } from "@/shared/Icon";
import { Loading } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";

import { countGivenUp, MOST, SERVICES, useDeadJobs, useJobCounts, useRetry, type DeadJob, type Service } from "./asking";
import { nameOfJob } from "./names";
import { Subject } from "./Subject";
import { healthTexts } from "./texts";

const FIRST_SHOWN = 5;

export function GivenUp() {
  const t = useTexts(healthTexts);
  const id = useId();
  const all = useDeadJobs();
  const counts = useJobCounts();
  const isNone = all.every((each) => each.data?.length === 0);
  return (
    <Box component="section" aria-labelledby={id} sx={{ mb: 5 }}>
      <Typography id={id} variant="h5" component="h2">
        {t.givenUp}
      </Typography>
      <Typography color="text.secondary" sx={{ mb: 1.5 }}>
        {isNone ? t.nothingGivenUp : t.givenUpWords}
      </Typography>
      {all.some((each) => each.isPending) && <Loading />}
      <Stack spacing={2}>
        {SERVICES.map((service, index) => {
          const query = all[index];
          const count = countGivenUp(query?.data, counts[index]?.data);
          return query && <OfService key={service} service={service} query={query} count={count} />;
        })}
      </Stack>
    </Box>
  );
}

interface OfServiceProps {
  service: Service;
  query: UseQueryResult<DeadJob[]>;
  count: number;
}

/** Stays while its work begins anew, to say so; else it is not there without such work. */
function OfService({ service, query, count }: OfServiceProps) {
  const t = useTexts(healthTexts);
  const retry = useRetry(service);
  const jobs = query.data ?? [];
  const said = useRef<HTMLDivElement>(null);
  // The button goes with what it was for: who pressed it by a key is not left nowhere.
  useEffect(() => {
    if (retry.isSuccess) said.current?.focus();
  }, [retry.isSuccess]);
  return (
    <>
      {query.error && !query.data && (
        <Box>
          <Typography component="h3" sx={{ fontWeight: 600, mb: 0.5 }}>
            {t[service]}
          </Typography>
          <Trouble error={query.error} retry={() => void query.refetch()} />
        </Box>
      )}
      {jobs.length > 0 && <Jobs service={service} jobs={jobs} count={count} isBeginning={retry.isPending} begin={() => retry.mutate()} />}
      {retry.error && <Trouble error={retry.error} />}
      <Box ref={said} role="status" tabIndex={-1} sx={{ "&:empty": { display: "none" } }}>
        {retry.isSuccess && (
          <Alert severity="success" onClose={() => retry.reset()} closeText={t.close}>
            {t.retried(t[service], retry.data)}
          </Alert>
        )}
      </Box>
    </>
  );
}

interface JobsProps {
  service: Service;
  jobs: DeadJob[];
  /** How many there are; not all of many are listed. */
  count: number;
  isBeginning: boolean;
  begin: () => void;
}

function Jobs({ service, jobs, count, isBeginning, begin }: JobsProps) {
  const t = useTexts(healthTexts);
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? jobs : jobs.slice(0, FIRST_SHOWN);
  return (
    <Card sx={{ p: 2 }}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Typography id={id} variant="h6" component="h3" sx={{ flexGrow: 1 }}>
          {t[service]} · {t.jobs(count)}
        </Typography>
        <BusyButton
          variant="contained"
          startIcon={<Icon path={mdiRestart} />}
          isBusy={isBeginning}
          aria-label={t.retryAllOf(t[service])}
          onClick={begin}
        >
          {t.retryAll}
        </BusyButton>
      </Stack>
      {jobs.length >= MOST && <Typography color="text.secondary">{t.latest(jobs.length)}</Typography>}
      <Box component="ul" aria-labelledby={id} sx={{ listStyle: "none", m: 0, p: 0 }}>
        {shown.map((job) => (
          <OneJob key={job.id} job={job} />
        ))}
      </Box>
      {shown.length < jobs.length && <Button onClick={() => setWhole(true)}>{t.showAll(jobs.length)}</Button>}
    </Card>
  );
}

function OneJob({ job }: { job: DeadJob }) {
  const t = useTexts(healthTexts);
  return (
    <Box component="li" sx={{ py: 1.25, "& + &": { borderTop: 1, borderColor: "divider" } }}>
      <Typography sx={{ overflowWrap: "anywhere" }}>
        <strong>{nameOfJob(job.kind, t)}</strong>
        {job.subject && (
          <>
            {" · "}
            <Subject subject={job.subject} />
          </>
        )}
      </Typography>
      <Typography lang="en" sx={{ overflowWrap: "anywhere" }}>
        {job.error}
      </Typography>
      <Typography variant="body2" color="text.secondary">
        {t.tried(job.attempt_count)} · {t.endedAt} <RelativeTime time={job.end_time} />
      </Typography>
    </Box>
  );
}
