from django.urls import URLPattern, path

from services.views import privacy

urlpatterns: list[URLPattern] = [
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data/copy/", privacy.my_data_copy, name="my_data_copy"),
]
