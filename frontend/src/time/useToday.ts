// Which day is it by the clock that days are told by, and which clock is that?
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";

import { useZone } from "./zone";

/** What was played today, and whether anything ever was. */
export function useToday() {
  return useDay("");
}

/** What was played on one day; `date` is empty for today. */
export function useDay(date: string) {
  const zone = useZone();
  return useQuery({
    queryKey: ["timeline", date, zone],
    queryFn: ({ signal }) => {
      const query = { ...zone, ...(date ? { date } : {}) };
      return ask(api.GET("/api/v1/timeline", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}
