"""OGC API – Features, part 1 (OGC 17-069r4): divisions, grids and public cases for any map program."""
