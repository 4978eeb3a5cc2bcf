import { Button, Modal, Stack } from "@mantine/core";
import { IconMail, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "@/api/client";
import { Secret } from "@/features/keys/Secret";
import { Empty } from "@/ui/Empty";
import { FindField } from "@/ui/FindField";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";
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
export function UsersScreen({ find, onFind }: Props) {
  const query = useInfiniteQuery(usersQuery(find));
  const [dialog, setDialog] = useState<"user" | "invitation" | null>(null);
  const [link, setLink] = useState<Schemas["NewLinkView"] | null>(null);
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
        <FindField label="Find a user" placeholder="Name or e-mail" value={find} onFind={onFind} />
        <Paged query={query} lines={8} empty={<Empty title="Nobody like that">Look for another part of it.</Empty>}>
          {(users) => <UserTable users={users} />}
        </Paged>
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
