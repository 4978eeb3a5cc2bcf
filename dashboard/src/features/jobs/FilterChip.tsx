import { CloseButton, Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";

import classes from "./Chip.module.css";
import { FilterEditor } from "./FilterEditor";
import { FILTER_KINDS, type FilterName } from "./filterKinds";
import type { JobFilters } from "./search";

interface Props {
  name: FilterName;
  filters: JobFilters;
  /** It was just chosen and is not set yet: its editor is open. */
  isBegun: boolean;
  onChange: (part: JobFilters) => void;
  onLeave: () => void;
}

/** One filter: what it is set to, a click changes it, the cross takes it away. */
export function FilterChip({ name, filters, isBegun, onChange, onLeave }: Props) {
  const [isOpen, setOpen] = useState(isBegun);
  const { label, icon: Icon, members, read } = FILTER_KINDS[name];
  const close = (): void => {
    setOpen(false);
    onLeave();
  };
  const remove = (): void => {
    close();
    onChange(Object.fromEntries(members.map((member) => [member, undefined])));
  };
  const hasEditor = name !== "roots" && name !== "fingerprint";
  return (
    <div className={classes.chip}>
      <Popover
        opened={isOpen && hasEditor}
        onChange={(open) => !open && close()}
        position="bottom-start"
        trapFocus
        shadow="md"
      >
        <Popover.Target>
          <UnstyledButton className={classes.text} onClick={() => (isOpen ? close() : setOpen(hasEditor))}>
            <Icon size={14} />
            {label}
            <span>
              <b>{read(filters)}</b>
            </span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterEditor
            name={name}
            filters={filters}
            onChange={onChange}
            onApply={(part) => {
              close();
              onChange(part);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <CloseButton size="sm" onClick={remove} aria-label={`Take away the filter ${label}`} mt={2} mr={2} />
    </div>
  );
}
