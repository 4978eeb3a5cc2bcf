import { Button, CloseButton, Divider, Group, NavLink, Popover, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";

import classes from "./Chip.module.css";
import { RANGES, RANGE_LABEL, type Range } from "./search";
import { type Times, wordsOf } from "./times";

interface Props {
  filters: Times;
  onChange: (times: Times) => void;
  /** What it reads when no time is set. */
  unset?: string;
}

const NAMES = Object.keys(RANGES).filter((name): name is Range => name in RANGES);

/** When the jobs came in: a range that ends now, or two times of one's own. */
export function TimeFilter({ filters, onChange, unset = "Any time" }: Props) {
  const [isOpen, setOpen] = useState(false);
  const choose = (times: Times): void => {
    setOpen(false);
    onChange({ range: undefined, from: undefined, until: undefined, ...times });
  };
  const isSet = Boolean(filters.range ?? filters.from ?? filters.until);
  return (
    <div className={classes.chip}>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus shadow="md">
        <Popover.Target>
          <UnstyledButton className={classes.text} onClick={() => setOpen(!isOpen)}>
            <IconCalendar size={14} />
            <span>{isSet ? wordsOf(filters) : unset}</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p="xs">
          <Stack gap={0} w={250} maw="80vw">
            {NAMES.map((name) => (
              <NavLink
                key={name}
                component="button"
                label={RANGE_LABEL[name]}
                active={filters.range === name}
                py={4}
                onClick={() => choose({ range: name })}
              />
            ))}
            <Divider my="xs" />
            <Ends filters={filters} onApply={choose} />
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {isSet && <CloseButton size="sm" mt={2} mr={2} aria-label="Take away the time" onClick={() => choose({})} />}
    </div>
  );
}

function Ends({ filters, onApply }: { filters: Times; onApply: (times: Times) => void }) {
  const [from, setFrom] = useState(local(filters.from));
  const [until, setUntil] = useState(local(filters.until));
  const isWrong = from !== "" && until !== "" && from >= until;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onApply({ from: iso(from), until: iso(until) });
      }}
    >
      <Stack gap="xs" px={4} pb={4}>
        <TextInput
          label="From"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          label="Until"
          type="datetime-local"
          value={until}
          error={isWrong && "It has to be after the beginning"}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit">Apply</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** As an input of a date and a time has it: of this time zone, without one. */
function local(time: string | undefined): string {
  if (!time) return "";
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function iso(time: string): string | undefined {
  return time ? new Date(time).toISOString() : undefined;
}
