import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { IconMail, IconPlus, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "@/api/client";
import { Secret } from "@/features/keys/Secret";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { More } from "@/ui/More";
import { Page } from "@/ui/Page";
import { ButtonLink } from "@/ui/links";

import { InviteForm } from "./InviteForm";
import { LinkList } from "./LinkList";
import { NewUserForm } from "./NewUserForm";
import { UserTable } from "./UserTable";
import { usersQuery } from "./queries";

interface Props {
  find?: string;
  onFind: (find: string | undefined) => void;
}

/** Who has an account, who is invited, and what each may do. */
export function UsersScreen({ find = "", onFind }: Props) {
  const query = useInfiniteQuery(usersQuery);
  const [dialog, setDialog] = useState<"user" | "invitation" | null>(null);
  const [link, setLink] = useState<Schemas["NewLinkView"] | null>(null);
  const users = query.data?.pages.flatMap(({ items }) => items);
  const shown = users?.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(find.toLowerCase()));
  const close = (): void => setDialog(null);
  return (
    <Page
      title="Users"
      about="Who has an account here, and what their role lets them do."
      actions={
        <>
          <ButtonLink to="/admin/roles" variant="default">
            Roles
          </ButtonLink>
          <Button variant="default" leftSection={<IconMail size={14} />} onClick={() => setDialog("invitation")}>
            Invite
          </Button>
          <Button leftSection={<IconPlus size={14} />} onClick={() => setDialog("user")}>
            Make a user
          </Button>
        </>
      }
    >
      <Stack gap="md">
        {link && (
          <Secret
            label="The invitation"
            text={link.url}
            about="Send this link to whoever is invited. It works once, and can't be shown again."
            onDone={() => setLink(null)}
          />
        )}
        <Group>
          <TextInput
            aria-label="Find a user"
            placeholder="Name or e-mail"
            leftSection={<IconSearch size={14} />}
            w={260}
            value={find}
            onChange={(event) => onFind(event.currentTarget.value || undefined)}
          />
        </Group>
        {!shown && !query.isError && <Loading lines={8} />}
        {query.isError && <ErrorState problem={query.error} onRetry={() => void query.refetch()} />}
        {shown?.length === 0 && (
          <Empty title="No user of that name">Only the users loaded so far are looked through.</Empty>
        )}
        {shown && shown.length > 0 && <UserTable users={shown} />}
        <More
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          hasFailed={query.isFetchNextPageError}
          onMore={() => void query.fetchNextPage()}
        />
        <LinkList />
      </Stack>
      <Modal opened={dialog === "user"} onClose={close} title="Make a user">
        <NewUserForm onMade={close} />
      </Modal>
      <Modal opened={dialog === "invitation"} onClose={close} title="Invite somebody">
        <InviteForm
          onMade={(made) => {
            setLink(made);
            close();
          }}
        />
      </Modal>
    </Page>
  );
}
