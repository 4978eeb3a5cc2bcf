/** The columns of the list of jobs: what each shows, how wide it is, and which are shown when nobody chose. */

import { Badge } from "@mantine/core";
import { columnVisibilityFeature, createColumnHelper, metaHelper, tableFeatures } from "@tanstack/react-table";

import { count, money } from "@/lib/words";
import { Owner } from "@/ui/Owner";
import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";

import { Detail } from "./Detail";
import classes from "./JobTable.module.css";
import { isStopping, waitedFrom } from "./jobWords";
import { split } from "./search";
import type { JobItem } from "./firstPage";

interface Look {
  /** In px; a column without one takes what is left. */
  width?: number;
  isNumber?: boolean;
}

export const features = tableFeatures({ columnVisibilityFeature, columnMeta: metaHelper<Look>() });
const column = createColumnHelper<typeof features, JobItem>();

const NONE = <span className={classes.none}>–</span>;

export const COLUMNS = column.columns([
  column.display({
    id: "state",
    header: "State",
    meta: { width: 104 },
    cell: ({ row: { original: job } }) => <StateBadge state={isStopping(job) ? "stopping" : job.state} />,
  }),
  column.display({
    id: "task",
    header: "Task",
    meta: { width: 190 },
    cell: ({ row }) => (
      <a href={`/jobs/${row.original.id}`} tabIndex={-1} data-open>
        {row.original.task}
      </a>
    ),
  }),
  column.display({
    id: "created",
    header: "Created",
    meta: { width: 104 },
    cell: ({ row }) => <Time at={row.original.created_at} />,
  }),
  column.display({
    id: "waited",
    header: "Waited",
    meta: { width: 88, isNumber: true },
    cell: ({ row: { original: job } }) =>
      job.state === "scheduled" ? NONE : <Took from={waitedFrom(job)} to={job.started_at ?? job.finished_at} />,
  }),
  column.display({
    id: "duration",
    header: "Duration",
    meta: { width: 98, isNumber: true },
    cell: ({ row: { original: job } }) => (job.started_at ? <Took from={job.started_at} to={job.finished_at} /> : NONE),
  }),
  column.display({
    id: "attempts",
    header: "Runs",
    meta: { width: 56, isNumber: true },
    cell: ({ row }) => row.original.run,
  }),
  column.display({
    id: "cost",
    header: "AI cost",
    meta: { width: 98, isNumber: true },
    cell: ({ row: { original: job } }) => (job.cost_nano_usd ? money(job.cost_nano_usd) : NONE),
  }),
  column.display({
    id: "tokens",
    header: "Tokens",
    meta: { width: 84, isNumber: true },
    cell: ({ row: { original: job } }) => {
      const tokens = job.input_tokens + job.output_tokens;
      return tokens ? count(tokens) : NONE;
    },
  }),
  column.display({ id: "queue", header: "Queue", meta: { width: 110 }, cell: ({ row }) => row.original.queue }),
  column.display({
    id: "owner",
    header: "Owner",
    meta: { width: 112 },
    cell: ({ row }) => <Owner owner={row.original.owner} />,
  }),
  column.display({
    id: "tags",
    header: "Tags",
    meta: { width: 160 },
    cell: ({ row: { original: job } }) =>
      job.tags.length === 0
        ? NONE
        : job.tags.map((tag) => (
            <Badge key={tag} size="sm" color="gray" mr={4}>
              {tag}
            </Badge>
          )),
  }),
  column.display({
    id: "priority",
    header: "Priority",
    meta: { width: 76, isNumber: true },
    cell: ({ row }) => row.original.priority,
  }),
  column.display({
    id: "id",
    header: "Id",
    meta: { width: 118 },
    cell: ({ row }) => <code>…{row.original.id.slice(-12)}</code>,
  }),
  column.display({
    id: "detail",
    header: "Progress or error",
    cell: ({ row }) => <Detail job={row.original} />,
  }),
]);

const USUAL = ["state", "task", "created", "duration", "attempts", "cost", "owner", "detail"];

export const COLUMN_NAMES = COLUMNS.map(({ id, header }) => ({ id: String(id), label: String(header) }));

/** Beside an open panel, which tells the rest. */
const FEW = ["state", "task", "created", "duration", "detail"];

/** The columns to show for what the URL says; `isBeside` a panel they are fewer, unless somebody chose. */
export function columnsOf(cols: string | undefined, isBeside = false): string[] {
  const asked = split(cols).filter((id) => COLUMN_NAMES.some((known) => known.id === id));
  if (asked.length > 0) return asked;
  return isBeside ? FEW : USUAL;
}

/** What the URL says for columns: nothing for the usual ones. */
export function colsOf(shown: string[]): string | undefined {
  const cols = COLUMN_NAMES.filter(({ id }) => shown.includes(id)).map(({ id }) => id);
  return cols.join(",") ===
    COLUMN_NAMES.filter(({ id }) => USUAL.includes(id))
      .map(({ id }) => id)
      .join(",")
    ? undefined
    : cols.join(",");
}
