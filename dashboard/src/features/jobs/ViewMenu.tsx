import {
  ActionIcon,
  Button,
  Divider,
  Group,
  NavLink,
  Popover,
  ScrollArea,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { useMe } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";

import type { JobsSearch } from "./search";
import { USUAL_VIEWS, type View, isShown, useViews } from "./views";

interface Props {
  search: JobsSearch;
  onShow: (search: JobsSearch) => void;
}

/** Searches kept by name: to show, to keep the present one, to forget one. Only people keep some, programs don't. */
export function ViewMenu({ search, onShow }: Props) {
  const [isOpen, setOpen] = useState(false);
  const isPerson = useMe()?.kind === "user";
  const { views, save, remove } = useViews(isPerson);
  const show = (view: View): void => {
    setOpen(false);
    onShow(view.search);
  };
  const shown = [...views, ...USUAL_VIEWS].find((view) => isShown(view, search));
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconBookmark size={14} />} onClick={() => setOpen(!isOpen)} maw={220}>
          {shown && shown.name !== "All jobs" ? shown.name : "Views"}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap={0} w={270} maw="80vw">
          <ScrollArea.Autosize mah={320}>
            {USUAL_VIEWS.map((view) => (
              <Entry key={view.name} view={view} isActive={view === shown} onShow={show} />
            ))}
            {views.length > 0 && (
              <Text size="xs" c="dimmed" fw={600} px="xs" pt="xs">
                Yours
              </Text>
            )}
            {views.map((view) => (
              <Group key={view.name} gap={4} wrap="nowrap">
                <Entry view={view} isActive={view === shown} onShow={show} />
                <ActionIcon size="sm" aria-label={`Forget ${view.name}`} onClick={() => remove.mutate(view.name)}>
                  <IconTrash size={14} />
                </ActionIcon>
              </Group>
            ))}
          </ScrollArea.Autosize>
          {isPerson && <Keep isBusy={save.isPending} onKeep={(name) => save.mutate({ name, search })} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Entry({ view, isActive, onShow }: { view: View; isActive: boolean; onShow: (view: View) => void }) {
  return <NavLink component="button" label={view.name} active={isActive} py={4} onClick={() => onShow(view)} />;
}

function Keep({ isBusy, onKeep }: { isBusy: boolean; onKeep: (name: string) => void }) {
  const [name, setName] = useState("");
  const given = name.trim();
  const isWrong = given.includes("/");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (given && !isWrong) onKeep(given);
      }}
    >
      <Divider my="xs" />
      <Group gap="xs" wrap="nowrap" align="flex-start" px={4} pb={4}>
        <TextInput
          aria-label="Name of the view"
          placeholder="Keep this one as…"
          maxLength={100}
          value={name}
          error={isWrong && "Without a slash"}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          style={{ flex: 1 }}
        />
        <ActButton type="submit" disabled={!given || isWrong} loading={isBusy}>
          Keep
        </ActButton>
      </Group>
    </form>
  );
}
