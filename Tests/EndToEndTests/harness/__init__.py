"""What the end-to-end tests stand on: real processes, a scripted model server, and checks of the books."""
