import { Button, Group, Menu } from "@mantine/core";
import { IconFilterPlus } from "@tabler/icons-react";
import { useState } from "react";

import { FilterChip } from "./FilterChip";
import { TimeFilter } from "./TimeFilter";
import { FILTER_KINDS, FILTER_NAMES, type FilterName } from "./filterKinds";
import { type JobFilters, isNarrowed } from "./search";

interface Props {
  filters: JobFilters;
  onChange: (part: JobFilters) => void;
}

/** The filters that are set, as chips to change or take away, and a menu of those that are not. */
export function FilterBar({ filters, onChange }: Props) {
  const [begun, setBegun] = useState<FilterName>();
  const shown = FILTER_NAMES.filter((name) => name === begun || FILTER_KINDS[name].read(filters) !== undefined);
  const left = FILTER_NAMES.filter((name) => !shown.includes(name) && name !== "fingerprint");
  const begin = (name: FilterName): void => {
    if (name === "roots") onChange({ roots: true });
    else setBegun(name);
  };
  const clear = (): void => {
    setBegun(undefined);
    const members = FILTER_NAMES.flatMap((name) => [...FILTER_KINDS[name].members]);
    onChange(Object.fromEntries([...members, "state", "range", "from", "until"].map((name) => [name, undefined])));
  };
  return (
    <Group gap={6} role="group" aria-label="Filters">
      <TimeFilter filters={filters} onChange={onChange} />
      {shown.map((name) => (
        <FilterChip
          key={name}
          name={name}
          filters={filters}
          isBegun={name === begun}
          onChange={onChange}
          onLeave={() => setBegun(undefined)}
        />
      ))}
      {left.length > 0 && (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <Button variant="subtle" color="gray" leftSection={<IconFilterPlus size={14} />}>
              Filter
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {left.map((name) => {
              const { label, icon: Icon } = FILTER_KINDS[name];
              return (
                <Menu.Item key={name} leftSection={<Icon size={14} />} onClick={() => begin(name)}>
                  {name === "roots" ? "Leave out called jobs" : label}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
      {isNarrowed(filters) && (
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear
        </Button>
      )}
    </Group>
  );
}
