// A list that goes on while one scrolls: only the rows in sight are in the document, in one column or, as cards, in several.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

import { Empty, Loading } from "@/shared/Loaded";
import { Trouble } from "@/shared/Trouble";

import type { usePages } from "./usePages";

interface PagedListProps<Row> {
  pages: ReturnType<typeof usePages<Row>>;
  /** Says what it is a list of. */
  label: string;
  /** Shown when there is nothing. */
  empty: ReactNode;
  /** Height of a row in pixels, more or less; rows may be of any height. */
  rowHeight: number;
  /** Cards: their least width in pixels; as many as have room stand side by side. */
  cardWidth?: number;
  /** `before` is the row above it: null at the top, or while that is not at hand. */
  children: (row: Row, index: number, before: Row | null) => ReactNode;
}

const GAP = 16;

export function PagedList<Row>({ pages, label, empty, rowHeight, cardWidth, children }: PagedListProps<Row>) {
  const list = useRef<HTMLDivElement>(null);
  const { width, top } = usePlace(list);
  const columns = cardWidth ? Math.max(2, Math.floor((width + GAP) / (cardWidth + GAP))) : 1;
  const lines = Math.ceil(pages.count / columns);
  const virtualizer = useWindowVirtualizer({
    count: lines + (pages.isWhole ? 0 : 1),
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollMargin: top,
  });
  const seen = virtualizer.getVirtualItems();
  const first = (seen[0]?.index ?? 0) * columns;
  const last = ((seen.at(-1)?.index ?? 0) + 1) * columns;
  const { see } = pages;
  useEffect(() => see(first, last), [see, first, last]);

  const isEmpty = pages.count === 0 && pages.isWhole;
  // The first of those that cannot be had again says so for all.
  const missing = pages.error ? seen.flatMap((line) => rowsOf(line.index, columns, pages.count)).find((index) => pages.row(index) === null) : undefined;
  return (
    <Box ref={list}>
      {isEmpty && <Empty>{empty}</Empty>}
      {!isEmpty && (
        <Box role="list" aria-label={label} sx={{ position: "relative" }} style={{ height: virtualizer.getTotalSize() }}>
          {seen.map((line) => (
            <Box
              key={line.key}
              ref={virtualizer.measureElement}
              data-index={line.index}
              role="presentation"
              sx={{
                position: "absolute",
                inset: "0 0 auto 0",
                display: "grid",
                gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                columnGap: `${GAP}px`,
                pb: cardWidth ? `${GAP}px` : 0,
              }}
              style={{ transform: `translateY(${line.start - top}px)` }}
            >
              {rowsOf(line.index, columns, pages.count).map((index) => (
                <Box key={index} role="listitem" aria-posinset={index + 1} aria-setsize={pages.isWhole ? pages.count : -1}>
                  {index === missing && pages.error ? (
                    <Trouble error={pages.error} retry={pages.retry} />
                  ) : (
                    <Row pages={pages} index={index} height={rowHeight}>
                      {children}
                    </Row>
                  )}
                </Box>
              ))}
              {line.index >= lines && (
                <Box role="listitem" sx={{ gridColumn: "1 / -1" }}>
                  {pages.error ? <Trouble error={pages.error} retry={pages.retry} /> : <Loading />}
                </Box>
              )}
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
}

interface RowProps<Row> extends Pick<PagedListProps<Row>, "pages" | "children"> {
  index: number;
  height: number;
}

function Row<Row>({ pages, index, height, children }: RowProps<Row>) {
  const row = pages.row(index);
  if (row === null) return <Skeleton variant="rounded" height={height - 8} />;
  return children(row, index, index > 0 ? pages.row(index - 1) : null);
}

function rowsOf(line: number, columns: number, count: number): number[] {
  return Array.from({ length: columns }, (_, column) => line * columns + column).filter((index) => index < count);
}

/** How wide the list is, and how far below the top of the document it begins. */
function usePlace(list: React.RefObject<HTMLDivElement | null>): { width: number; top: number } {
  const [place, setPlace] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const measure = () => {
      const box = list.current?.getBoundingClientRect();
      if (!box) return;
      const found = { width: box.width, top: Math.round(box.top + window.scrollY) };
      setPlace((before) => (before.width === found.width && before.top === found.top ? before : found));
    };
    measure();
    // Whatever stands above the list may grow or go.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return place;
}
