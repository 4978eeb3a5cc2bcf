import { type Row, flexRender } from "@tanstack/react-table";
import { type MouseEvent as Press, memo } from "react";

import classes from "./JobTable.module.css";
import type { features } from "./columns";
import type { JobItem } from "./firstPage";

interface Props {
  row: Row<typeof features, JobItem>;
  columns: string[];
  index: number;
  isCurrent: boolean;
  /** Whether Tab leads to it: one row of the list is enough. */
  isReachable: boolean;
  isOpen: boolean;
  isTickable: boolean;
  isTicked: boolean;
  onOpen: (id: string) => void;
  onTick: (id: string, isRange: boolean) => void;
}

/** A row of the list: drawn again only when its job changed. */
export const JobRow = memo(function JobRow(props: Props) {
  const { row, index, isCurrent, isReachable, isOpen, isTickable, isTicked, onOpen, onTick } = props;
  const { id } = row;
  const open = (event: Press): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(id);
  };
  return (
    <tr
      className={classes.row}
      data-job={id}
      data-current={isCurrent || undefined}
      data-open={isOpen || undefined}
      aria-selected={isTickable ? isTicked : undefined}
      aria-rowindex={index + 2}
      tabIndex={isReachable ? 0 : -1}
      onClick={open}
    >
      {isTickable && (
        <td className={classes.tick} onClick={(event) => event.stopPropagation()}>
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              checked={isTicked}
              aria-label={`Select job ${id.slice(-12)}`}
              onChange={(event) => onTick(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
            />
          </label>
        </td>
      )}
      {row.getVisibleCells().map((cell) => (
        <td key={cell.id} className={cell.column.columnDef.meta?.isNumber ? classes.number : undefined}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </td>
      ))}
    </tr>
  );
}, isSame);

function isSame(before: Props, after: Props): boolean {
  return (
    before.row.original === after.row.original &&
    before.columns === after.columns &&
    before.index === after.index &&
    before.isCurrent === after.isCurrent &&
    before.isReachable === after.isReachable &&
    before.isOpen === after.isOpen &&
    before.isTickable === after.isTickable &&
    before.isTicked === after.isTicked &&
    before.onOpen === after.onOpen &&
    before.onTick === after.onTick
  );
}
