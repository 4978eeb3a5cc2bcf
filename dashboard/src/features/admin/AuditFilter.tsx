import { Autocomplete, Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";

import { UserChoice } from "./UserChoice";
import { ACTIONS, type AuditFilters } from "./audit";

interface Props {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** Who, what, on what, and when. */
export function AuditFilter({ filters, onChange }: Props) {
  const [action, setAction] = useState(filters.action ?? "");
  const [target, setTarget] = useState(filters.target ?? "");
  // a part of a row that was chosen, or the way back, changes what the inputs hold, too
  const [seen, setSeen] = useState(filters);
  if (seen !== filters) {
    setSeen(filters);
    setAction(filters.action ?? "");
    setTarget(filters.target ?? "");
  }
  const isSet = Object.values(filters).some(Boolean);
  const apply = (): void =>
    onChange({ ...filters, action: action.trim() || undefined, target: target.trim() || undefined });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Group gap="xs" align="flex-end" mb="sm">
        <UserChoice value={filters.actor} onChange={(actor) => onChange({ ...filters, actor })} />
        <Autocomplete
          label="What"
          placeholder="Any act"
          size="xs"
          w={175}
          data={ACTIONS}
          value={action}
          onChange={setAction}
          onOptionSubmit={(chosen) => onChange({ ...filters, action: chosen })}
        />
        <TextInput
          label="On what"
          placeholder="user:0189…"
          w={175}
          maxLength={400}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <TimeInput label="Since" value={filters.since} onChange={(since) => onChange({ ...filters, since })} />
        <TimeInput label="Until" value={filters.until} onChange={(until) => onChange({ ...filters, until })} />
        <Button type="submit" variant="light">
          Apply
        </Button>
        {isSet && (
          <Button variant="subtle" color="gray" onClick={() => onChange({})}>
            Clear
          </Button>
        )}
      </Group>
    </form>
  );
}

interface TimeProps {
  label: string;
  value: string | undefined;
  onChange: (time: string | undefined) => void;
}

function TimeInput({ label, value, onChange }: TimeProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      w={175}
      value={value ? localOf(value) : ""}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text ? new Date(text).toISOString() : undefined);
      }}
    />
  );
}

/** A time as the browser's input takes it, in the place's own time. */
function localOf(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
