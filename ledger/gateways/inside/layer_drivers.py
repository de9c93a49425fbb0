"""Which drivers of GDAL are there: imported before any library that registers them.

A VRT, a GDALG or a database file may name any other file of the machine or an address, and what it holds would come
back as the columns of a layer; so every other driver is left out (a test holds the list complete).
"""

import os

DRIVERS = frozenset({"GPKG", "GeoJSON", "ESRI Shapefile", "LIBKML"})
os.environ["OGR_SKIP"] = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,Elasticsearch,"
    "FlatGeobuf,GDALG,GML,GPSBabel,GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,KML,LVBAG,MBTiles,MEM,MVT,"
    "MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,"
    "PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
