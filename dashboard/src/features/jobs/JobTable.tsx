import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";

import { LATE_MS } from "@/lib/later";

import { JobRow } from "./JobRow";
import classes from "./JobTable.module.css";
import { NewPill } from "./NewPill";
import { COLUMNS, COLUMN_NAMES, features } from "./columns";
import type { ListProps } from "./list";
import { useAnchor } from "./useAnchor";
import { useNewer } from "./useNewer";

const ROW = 34;
const HEAD = 32;
const TICK = 36;
const FLEXIBLE = 160;
const AHEAD = 40;
/** Rows above and below those on screen; the first time they are drawn after these. */
const BEYOND = 14;

/** The jobs as a table of which only the rows on screen exist. */
export function JobTable({ columns, ...list }: ListProps & { columns: string[] }) {
  const { jobs, looking, onEnd, current } = list;
  const scroller = useRef<HTMLDivElement>(null);
  const visibility = useMemo(
    () => Object.fromEntries(COLUMN_NAMES.map(({ id }) => [id, columns.includes(id)])),
    [columns],
  );
  const table = useTable({
    features,
    columns: COLUMNS,
    data: jobs,
    getRowId: ({ id }) => id,
    state: { columnVisibility: visibility },
  });
  const { rows } = table.getRowModel();
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const drawn = setTimeout(() => setDrawn(true), LATE_MS);
    return () => clearTimeout(drawn);
  }, []);
  // eslint-disable-next-line react-hooks/incompatible-library -- its answers change between renders, and nothing here keeps them
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    scrollPaddingStart: HEAD,
    overscan: isDrawn ? BEYOND : 1,
  });
  const items = virtual.getVirtualItems();
  const newer = useNewer(jobs, looking);

  useAnchor(
    jobs,
    () => looking.current,
    (by) => {
      if (scroller.current) scroller.current.scrollTop += by * ROW;
    },
  );
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (end >= jobs.length - AHEAD) onEnd();
  }, [end, jobs.length, onEnd]);
  const place = jobs.findIndex(({ id }) => id === current);
  useEffect(() => {
    if (place < 0) return;
    virtual.scrollToIndex(place);
    requestAnimationFrame(() => focusRow(scroller.current, current));
    // only when another row becomes the current one, not when rows come above it
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [current]);

  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const widths = headers.map(({ column }) => column.columnDef.meta?.width);
  const width = widths.reduce<number>((sum, one) => sum + (one ?? FLEXIBLE), list.isTickable ? TICK : 0);
  const span = headers.length + (list.isTickable ? 1 : 0);
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className={classes.frame}>
      <NewPill newer={newer} list={list} onTop={() => scroller.current?.scrollTo({ top: 0 })} />
      <div
        ref={scroller}
        className={classes.scroll}
        data-stale={list.isStale || undefined}
        onScroll={({ currentTarget }) => newer.look(Math.ceil(currentTarget.scrollTop / ROW))}
        role="region"
        aria-label="Jobs"
      >
        <table className={classes.table} style={{ minWidth: width }} aria-rowcount={-1}>
          <colgroup>
            {list.isTickable && <col style={{ width: TICK }} />}
            {headers.map(({ id }, at) => (
              <col key={id} style={{ width: widths[at] }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {list.isTickable && (
                <th className={classes.tick} scope="col">
                  <label title="Select all rows">
                    <input
                      type="checkbox"
                      checked={list.isAllTicked}
                      onChange={list.onTickAll}
                      aria-label="Select all rows"
                    />
                  </label>
                </th>
              )}
              {headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  className={header.column.columnDef.meta?.isNumber ? classes.number : undefined}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={above} span={span} />
            {items.map(({ index }) => {
              const row = rows[index];
              return (
                row && (
                  <JobRow
                    key={row.id}
                    row={row}
                    columns={columns}
                    index={index}
                    isCurrent={row.id === current}
                    isReachable={row.id === current || (place < 0 && index === 0)}
                    isOpen={row.id === list.open}
                    isTickable={list.isTickable}
                    isTicked={list.ticked.has(row.id)}
                    onOpen={list.onOpen}
                    onTick={list.onTick}
                  />
                )
              );
            })}
            <Space height={below} span={span} />
          </tbody>
        </table>
        {list.foot}
      </div>
    </div>
  );
}

/** Let the focus follow the keys, but not out of a panel or a field. */
function focusRow(list: HTMLElement | null, id: string | undefined): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && activeElement.closest("aside, input, [role=dialog]")) return;
  list?.querySelector<HTMLElement>(`[data-job="${id ?? ""}"]`)?.focus({ preventScroll: true });
}

function Space({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr className={classes.space} aria-hidden>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
