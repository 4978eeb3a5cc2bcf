import { Alert, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { CopyIcon } from "@/ui/CopyIcon";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { useAct } from "@/ui/act";

import { useAccess } from "../access";
import { type Link, keyOf, linksQuery } from "../queries";

const LIVES = [
  { value: "3600", label: "an hour" },
  { value: "86400", label: "a day" },
  { value: "604800", label: "a week" },
  { value: "2592000", label: "30 days" },
];

/** Links that show the job to whoever has them: make one, see which there are, withdraw them. */
export function ShareDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const links = useQuery(linksQuery(id, useAccess()));
  const [life, setLife] = useState("604800");
  const make = useAct({
    act: () =>
      ask(
        api.POST("/api/v1/jobs/{job_id}/links", {
          params: { path: { job_id: id } },
          body: { seconds: Number(life) },
        }),
      ),
    keys: [keyOf(id, "links")],
  });
  return (
    <Modal opened onClose={onClose} title="Share this job" size="lg">
      <Stack gap="sm">
        <Text size="sm">
          Whoever has the link sees this job with its text, result and events, and nothing else. It needs no account.
        </Text>
        <Group align="flex-end" gap="xs">
          <Select
            label="It shows the job for"
            data={LIVES}
            value={life}
            onChange={(value) => setLife(value ?? life)}
            allowDeselect={false}
            w={150}
          />
          <ActButton loading={make.isPending} onClick={() => make.mutate()}>
            Make a link
          </ActButton>
        </Group>
        {make.data && <Fresh url={make.data.url} />}
        <Shown query={links} lines={2}>
          {(shown) => <Links id={id} links={shown} />}
        </Shown>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Fresh({ url }: { url: string }) {
  return (
    <Alert color="teal" p="xs" title="The link, shown this once">
      <TextInput
        aria-label="The link"
        readOnly
        value={url}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<CopyIcon value={url} label="Copy the link" />}
      />
    </Alert>
  );
}

function Links({ id, links }: { id: string; links: readonly Link[] }) {
  const withdraw = useAct<unknown, string>({
    act: (link) =>
      ask(
        api.DELETE("/api/v1/jobs/{job_id}/links/{link_id}", {
          params: { path: { job_id: id, link_id: link } },
        }),
      ),
    done: "The link is withdrawn; it shows nothing any more",
    keys: [keyOf(id, "links")],
  });
  if (links.length === 0) return null;
  return (
    <Table fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Made</Table.Th>
          <Table.Th>Ends</Table.Th>
          <Table.Th ta="right">Act</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {links.map((link) => (
          <Table.Tr key={link.id}>
            <Table.Td>
              <Time at={link.created_at} />
            </Table.Td>
            <Table.Td>
              <Time at={link.expires_at} />
            </Table.Td>
            <Table.Td ta="right">
              <ActButton
                variant="subtle"
                color="red"
                loading={withdraw.isPending && withdraw.variables === link.id}
                onClick={() => withdraw.mutate(link.id)}
              >
                Withdraw
              </ActButton>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
