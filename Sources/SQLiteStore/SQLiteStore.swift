// What both databases share: opening, migrations and the group commit.
