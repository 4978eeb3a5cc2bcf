import { ActionIcon, Anchor, Stack, Table, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Fragment, useState } from "react";

import { Json } from "@/ui/Json";
import { Owner } from "@/ui/Owner";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import type { AuditFilters, Entry } from "./audit";
import { actionWords, targetOf } from "./words";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHORT = 8;

interface Props {
  entries: Entry[];
  /** A part of a row was chosen to narrow the list to. */
  onChoose: (part: AuditFilters) => void;
}

/** The entries, each with its details on demand. */
export function AuditTable({ entries, onChoose }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Table.ScrollContainer minWidth={940} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <VisuallyHidden>Details</VisuallyHidden>
            </Table.Th>
            <Table.Th w={120}>When</Table.Th>
            <Table.Th w={210}>Who</Table.Th>
            <Table.Th w={190}>What</Table.Th>
            <Table.Th>On what</Table.Th>
            <Table.Th w={140}>From</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => {
            const isOpen = open === entry.id;
            const Icon = isOpen ? IconChevronDown : IconChevronRight;
            return (
              <Fragment key={entry.id}>
                <Table.Tr>
                  <Table.Td>
                    <ActionIcon
                      aria-label={`Details of ${entry.action}`}
                      aria-expanded={isOpen}
                      onClick={() => setOpen(isOpen ? null : entry.id)}
                    >
                      <Icon size={16} />
                    </ActionIcon>
                  </Table.Td>
                  <Table.Td>
                    <Time at={entry.at} />
                  </Table.Td>
                  <Table.Td>
                    <Who entry={entry} onChoose={onChoose} />
                  </Table.Td>
                  <Table.Td>
                    <Anchor component="button" size="sm" onClick={() => onChoose({ action: entry.action })}>
                      {actionWords(entry.action)}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <Target of={entry.target} />
                  </Table.Td>
                  <Table.Td>{entry.address ?? "–"}</Table.Td>
                </Table.Tr>
                {isOpen && (
                  <Table.Tr>
                    <Table.Td colSpan={6}>
                      <Details of={entry} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Who({ entry, onChoose }: { entry: Entry; onChoose: Props["onChoose"] }) {
  const { actor_id: id, actor_name: name, actor_kind: kind } = entry;
  if (!id) return <>{name || kind}</>;
  return (
    <>
      <Anchor component="button" size="sm" onClick={() => onChoose({ actor: id })}>
        {name}
      </Anchor>
      {kind !== "user" && (
        <Text span size="xs" c="dimmed">
          {" "}
          by {kind}
        </Text>
      )}
    </>
  );
}

function Target({ of: target }: { of: string }) {
  const { kind, id } = targetOf(target);
  if (kind === "user") {
    return (
      <TextLink to="/admin/users/$id" params={{ id }} size="sm">
        <Owner owner={id} />
      </TextLink>
    );
  }
  if (kind === "job") {
    return (
      <TextLink to="/jobs/$jobId" params={{ jobId: id }} size="sm">
        job {id.slice(0, SHORT)}…
      </TextLink>
    );
  }
  return (
    <Tooltip label={target}>
      <Text span size="sm" style={{ overflowWrap: "anywhere" }}>
        {kind && `${kind} `}
        {ID.test(id) ? `${id.slice(0, SHORT)}…` : id}
      </Text>
    </Tooltip>
  );
}

function Details({ of: entry }: { of: Entry }) {
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">
        {entry.action} on {entry.target} at {new Date(entry.at).toLocaleString()}
        {entry.request_id && `, request ${entry.request_id}`}
      </Text>
      <Json value={entry.details} label="details" max={240} />
    </Stack>
  );
}
