import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { userQuery, usersQuery } from "./queries";

interface Props {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

/** One of the users, found by part of their name or address. */
export function UserChoice({ value, onChange }: Props) {
  const [typed, setTyped] = useState("");
  const chosen = useQuery({ ...userQuery(value ?? ""), enabled: Boolean(value), retry: false }).data;
  const label = value && (chosen?.email ?? value);
  // what stands in the field because it was chosen is no search
  const [words] = useDebouncedValue(typed === label ? "" : typed.trim(), 300);
  const users = useInfiniteQuery(usersQuery(words || undefined)).data?.pages.flatMap(({ items }) => items) ?? [];
  const people = users.map(({ id, email }) => ({ value: id, label: email }));
  const isListed = people.some((one) => one.value === value);
  return (
    <Select
      label="Who"
      placeholder="Anybody"
      w={175}
      clearable
      searchable
      filter={({ options }) => options}
      nothingFoundMessage="Nobody like that"
      data={value && label && !isListed ? [...people, { value, label }] : people}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      onSearchChange={setTyped}
      clearButtonProps={{ "aria-label": "Anybody" }}
    />
  );
}
